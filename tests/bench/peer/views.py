"""Views and serializers of the plain peer."""

from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from rest_framework import pagination, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from tests.bench.peer.models import (
    Course,
    Interaction,
    Item,
    Person,
    Practice,
    PracticeDone,
    Result,
    SubCourse,
    Video,
    VideoDone,
)


class ItemSerializer(serializers.ModelSerializer[Item]):
    userId = serializers.UUIDField(source="user_id", read_only=True)
    createdAt = serializers.DateTimeField(source="created_at", read_only=True)
    updatedAt = serializers.DateTimeField(source="updated_at", read_only=True)

    class Meta:
        model = Item
        fields = [
            "id",
            "progress_type",
            "item_id",
            "value",
            "score",
            "metadata",
            "userId",
            "createdAt",
            "updatedAt",
        ]
        read_only_fields = ["id"]


class Rows(pagination.PageNumberPagination):
    page_size = 50

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"rows": data, "count": self.page.paginator.count})


class ItemViewSet(viewsets.ModelViewSet[Item]):
    serializer_class = ItemSerializer
    pagination_class = Rows

    def get_queryset(self) -> Any:
        mine = Item.objects.filter(user=self.request.user)
        if kind := self.request.query_params.get("progress_type"):
            mine = mine.filter(progress_type=kind)
        return mine.order_by("-created_at", "-id")

    def create(self, request: Any) -> Response:
        serializer = self.get_serializer(data=request.data.get("data"))
        serializer.is_valid(raise_exception=True)
        data = dict(serializer.validated_data)
        key = {name: data.pop(name) for name in ("progress_type", "item_id")}
        known = {"organization_id": request.user.organization_id, "campus_id": request.user.campus_id}
        item, _made = Item.objects.update_or_create(user=request.user, **key, defaults={**data, **known})
        return Response(self.get_serializer(item).data)


class StepSerializer(serializers.ModelSerializer[Any]):
    is_completed = serializers.SerializerMethodField()
    is_locked = serializers.SerializerMethodField()

    def get_is_completed(self, step: Any) -> bool:
        return step.pk in self.context[type(step)]["done"]

    def get_is_locked(self, step: Any) -> bool:
        return step.pk in self.context[type(step)]["locked"]


_STEP = ["id", "title", "description", "display_order", "is_completed", "is_locked"]


class VideoStepSerializer(StepSerializer):
    class Meta:
        model = Video
        fields = _STEP


class PracticeStepSerializer(StepSerializer):
    class Meta:
        model = Practice
        fields = _STEP


class SubCourseSerializer(serializers.ModelSerializer[SubCourse]):
    videos = VideoStepSerializer(many=True)
    practices = PracticeStepSerializer(many=True)

    class Meta:
        model = SubCourse
        fields = ["id", "title", "level", "sub_level", "display_order", "videos", "practices"]


class CourseSerializer(serializers.ModelSerializer[Course]):
    sub_courses = SubCourseSerializer(many=True)

    class Meta:
        model = Course
        fields = ["id", "title", "description", "sub_courses"]


class CourseViewSet(viewsets.ReadOnlyModelViewSet[Course]):
    queryset = Course.objects.all()

    @action(detail=True, url_path="learning-path")
    def learning_path(self, request: Any, pk: str) -> Response:
        published = {"videos": Video, "practices": Practice}
        course = get_object_or_404(
            Course.objects.prefetch_related(
                *(
                    Prefetch(f"sub_courses__{name}", model.objects.filter(status="PUBLISHED"))
                    for name, model in published.items()
                )
            ),
            pk=pk,
        )
        context: dict[Any, Any] = {}
        for name, model, done in (("videos", Video, VideoDone), ("practices", Practice, PracticeDone)):
            field = name.removesuffix("s")
            mine = done.objects.filter(user=request.user, **{f"{field}__sub_course__course": course})
            state = context[model] = {
                "done": set(mine.values_list(f"{field}_id", flat=True)),
                "locked": set(),
            }
            for sub_course in course.sub_courses.all():
                is_locked = False
                for step in getattr(sub_course, name).all():
                    if is_locked and step.pk not in state["done"]:
                        state["locked"].add(step.pk)
                    is_locked = is_locked or step.pk not in state["done"]
        return Response(CourseSerializer(course, context=context).data)


def check_unlocked(user: Any, video: Video) -> None:
    siblings = Video.objects.filter(sub_course=video.sub_course_id, status="PUBLISHED")
    earlier = [s.pk for s in siblings if (s.display_order, s.pk) < (video.display_order, video.pk)]
    if VideoDone.objects.filter(user=user, video_id__in=earlier).count() < len(earlier):
        raise PermissionDenied


class VideoSerializer(serializers.ModelSerializer[Video]):
    class Meta:
        model = Video
        fields = [
            "id",
            "sub_course_id",
            "title",
            "description",
            "video_url",
            "duration_seconds",
            "display_order",
        ]


class PositionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    position = serializers.IntegerField(min_value=0)


class VideoViewSet(viewsets.ModelViewSet[Video]):
    queryset = Video.objects.filter(status="PUBLISHED")
    serializer_class = VideoSerializer

    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        video = self.get_object()
        check_unlocked(request.user, video)
        return Response(self.get_serializer(video).data)

    @action(detail=False, methods=["put"])
    def reorder(self, request: Any) -> Response:
        if request.user.role != "ADMIN":
            raise PermissionDenied
        serializer = PositionSerializer(data=request.data["items"], many=True)
        serializer.is_valid(raise_exception=True)
        wanted = {item["id"]: item["position"] for item in serializer.validated_data}
        with transaction.atomic():
            videos = list(Video.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
            if len(videos) != len(wanted) or len({video.sub_course_id for video in videos}) != 1:
                raise ValidationError("Not siblings.")
            for video in videos:
                video.display_order = wanted[video.pk]
                video.save(update_fields=["display_order"])
        items = [{"id": pk, "position": n} for pk, n in sorted(wanted.items(), key=lambda pair: pair[1])]
        return Response({"items": items})


class Complete(APIView):
    def post(self, request: Any, pk: int) -> Response:
        video = get_object_or_404(Video, pk=pk, status="PUBLISHED")
        check_unlocked(request.user, video)
        done, _made = VideoDone.objects.get_or_create(user=request.user, video=video)
        return Response({"completed": True, "completed_at": done.completed_at})


class ResultSerializer(serializers.ModelSerializer[Result]):
    organizationId = serializers.UUIDField(source="organization_id")
    campusId = serializers.UUIDField(source="campus_id")
    userId = serializers.UUIDField(source="user_id")
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")

    class Meta:
        model = Result
        fields = [
            "id",
            "quiz_id",
            "quiz_title",
            "week_of",
            "score",
            "total_questions",
            "answers",
            "user_name",
            "user_role",
            "completed_at",
            "organizationId",
            "campusId",
            "userId",
            "createdAt",
            "updatedAt",
        ]


class RowSerializer(serializers.Serializer[Any]):
    userId = serializers.UUIDField()
    user_name = serializers.CharField()
    user_role = serializers.CharField()
    campusId = serializers.UUIDField(allow_null=True)
    status = serializers.CharField()
    result = ResultSerializer(allow_null=True)


class Completion(APIView):
    def get(self, request: Any) -> Response:
        user, week = request.user, request.query_params["week_of"]
        if user.role not in ("ADMIN", "PRINCIPAL"):
            raise PermissionDenied
        people = Person.objects.filter(role__in=["ADMIN", "PRINCIPAL", "TEACHER"], is_active=True).order_by(
            "pk"
        )
        whole = user.role == "ADMIN"
        here = {"organization_id": user.organization_id} if whole else {"campus_id": user.campus_id}
        people = people.filter(**here)
        found = Result.objects.filter(user__in=people, week_of=week).order_by("completed_at")
        results = {result.user_id: result for result in found}
        rows = [
            {
                "userId": person.pk,
                "user_name": person.name,
                "user_role": person.role,
                "campusId": person.campus_id,
                "status": "complete" if person.pk in results else "pending",
                "result": results.get(person.pk),
            }
            for person in people
        ]
        done = sum(row["status"] == "complete" for row in rows)
        summary = {"total": len(rows), "complete": done, "pending": len(rows) - done}
        return Response({"summary": summary, "rows": RowSerializer(rows, many=True).data})


class InteractionSerializer(serializers.ModelSerializer[Interaction]):
    createdAt = serializers.DateTimeField(source="created_at", read_only=True)

    class Meta:
        model = Interaction
        fields = ["id", "type", "payload", "createdAt"]
        read_only_fields = ["id"]


class Interactions(APIView):
    def post(self, request: Any) -> Response:
        several = "items" in request.data
        serializer = InteractionSerializer(
            data=request.data["items"] if several else request.data, many=several
        )
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            serializer.save(user=request.user, organization_id=request.user.organization_id)
        return Response({"items": serializer.data} if several else serializer.data, status=201)
