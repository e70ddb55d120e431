"""What document 004 serves is made of actions of viewsets, as the user asked for."""

from typing import Final

from rest_framework.viewsets import ViewSetMixin

from tests.contracts.routes import ASSESSMENT_OF, CM, COURSES, PROGRESS, QUESTIONS, ROUTES, SETS, resolved

NAMED: Final = {
    ("get", f"{CM}/learning-tree"): "tree",
    ("get", f"{COURSES}/<id>/learning-path"): "retrieve",
    ("get", ASSESSMENT_OF): "entry_assessment",
    **{
        ("put", f"{CM}/{level}/reorder"): "reorder"
        for level in ("categories", "courses", "sub-courses", "videos", "practices")
    },
    **{("post", f"{PROGRESS}/{steps}/<id>/complete"): "complete" for steps in ("videos", "practices")},
}
"""Tree, path, orders, completions and entry assessments, each with its action."""


def test_tree_path_reorders_completions_and_entry_assessments_are_actions_of_viewsets():
    views = resolved()
    assert {key: views[key].actions[key[0]] for key in NAMED} == NAMED


def test_everything_about_content_is():
    served = [route for route in ROUTES if route.path.startswith((CM, SETS, QUESTIONS, f"{PROGRESS}/"))]
    assert len(served) > 50
    views = resolved()
    assert [
        str(route) for route in served if not issubclass(views[route.method, route.path].cls, ViewSetMixin)
    ] == []
