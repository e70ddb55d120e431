"""Algebra and functions: from the first equation to the parabola."""

from demo.content import SubCourse, Video, draft, false, many, one, practice, true

LINEAR_EQUATIONS = SubCourse(
    "Linear equations",
    "B1",
    "Set up and solve equations of the first degree.",
    (
        Video("6:10", "Keeping the balance", "Do the same to both sides."),
        Video("6:30", "Brackets first", "Expand and collect."),
        Video("6:45", "From words to equations", "Name the unknown."),
        Video("7:00", "Straight lines", "Slope and intercept."),
        Video("7:25", "Two unknowns", "Substitute or add."),
    ),
    (
        practice(
            "Solving",
            "Find x.",
            one("3x + 5 = 20", "x = 5", "x = 15", "x = 25/3", why="3x = 15."),
            one("2(x - 1) = 8", "x = 5", "x = 3", "x = 4.5", why="x - 1 = 4."),
            false("x = x + 1 has the solution 0.", "It has none."),
            many(
                "Which are solved by x = 2?",
                right=["5x = 10", "x + 4 = 6"],
                wrong=["x - 2 = 2"],
                why="The third gives x = 4.",
            ),
        ),
        practice(
            "Lines",
            "y = mx + b.",
            one("The slope of y = 2x - 3", "2", "-3", "3", why="The factor of x."),
            true("Parallel lines have the same slope.", "They rise equally fast."),
            many(
                "Which points lie on y = x + 1?",
                right=["(0, 1)", "(2, 3)"],
                wrong=["(1, 0)"],
                why="For x = 1, y is 2.",
            ),
        ),
        practice(
            "Systems",
            "Two unknowns.",
            one("x + y = 7, x - y = 1", "x = 4, y = 3", "x = 3, y = 4", "x = 5, y = 2", why="Add: 2x = 8."),
            many(
                "How many solutions can a linear system of two equations have?",
                right=["none", "one"],
                wrong=["exactly two"],
                why="Two lines meet once, never, or are the same.",
            ),
            true("The same line twice gives endlessly many solutions.", "Each point solves both."),
        ),
    ),
)

QUADRATICS = SubCourse(
    "Quadratic functions",
    "B2",
    "Parabolas, roots and the formula.",
    (
        Video("6:50", "The shape of a square", "From table to parabola."),
        Video("7:10", "Factors and roots", "A product that is zero."),
        Video("7:35", "Completing the square", "Find the vertex."),
        Video("7:05", "The formula", "It always works."),
        Video("6:55", "How many roots?", "What the discriminant tells."),
    ),
    (
        practice(
            "Roots",
            "Where it is zero.",
            one(
                "The roots of (x - 2)(x + 5)",
                "2 and -5",
                "-2 and 5",
                "2 and 5",
                why="Each factor is zero once.",
            ),
            many("Which solve x² = 9?", right=["-3", "3"], wrong=["4.5"], why="A square forgets the sign."),
            false("x² + 1 = 0 has a real solution.", "Squares are never negative."),
        ),
        practice(
            "The vertex",
            "Highest or lowest point.",
            one(
                "The vertex of (x - 3)² + 2",
                "(3, 2)",
                "(-3, 2)",
                "(2, 3)",
                why="The square is zero at x = 3.",
            ),
            true("-x² opens downwards.", "The factor is negative."),
            many(
                "Which open upwards?",
                right=["2x²", "x² - 7"],
                wrong=["5 - x²"],
                why="The sign of x² decides.",
            ),
        ),
        practice(
            "The discriminant",
            "Two, one or none.",
            one("x² - 4x + 4 has ...", "one root", "two roots", "no root", why="16 - 16 = 0."),
            one("x² + 2x + 5 has ...", "no root", "one root", "two roots", why="4 - 20 is negative."),
            true("A positive discriminant gives two roots.", "Plus and minus its square root."),
            many(
                "Which have two roots?",
                right=["x² - 1", "x² - 5x + 6"],
                wrong=["x² + 4"],
                why="x² + 4 is never zero.",
            ),
        ),
        draft(
            "Word problems", "Not finished.", true("A thrown ball follows a parabola.", "Without air drag.")
        ),
    ),
)
