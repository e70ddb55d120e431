"""Sunrise teaches mathematics and computing: four courses from fractions to inference."""

from typing import Final

from demo.content import Category, Course, SubCourse, Video, draft, false, many, one, practice, true
from learning.models import Status

FRACTIONS = SubCourse(
    "Fractions",
    "A1",
    "What a fraction is, and how to compare, add and subtract fractions.",
    (
        Video("4:10", "Parts of a whole", "Numerator and denominator."),
        Video("4:45", "Equal fractions", "Different names for one number."),
        Video("5:05", "Which is larger?", "Compare with a common denominator."),
        Video("5:30", "Adding fractions", "Same denominator first, then any."),
        Video("5:00", "Taking away", "Subtract and simplify."),
        Video("4:20", "Egyptian fractions", "A look back in history.", Status.DRAFT),
    ),
    (
        practice(
            "Naming fractions",
            "Read a fraction.",
            one(
                "What does the 4 in 3/4 say?",
                "how many equal parts",
                "how many are taken",
                "nothing",
                why="The lower number counts the equal parts.",
            ),
            many(
                "Which equal one half?",
                right=["2/4", "5/10"],
                wrong=["2/3"],
                why="The lower number is twice the upper one.",
            ),
            true("3/3 equals 1.", "All three parts are the whole."),
        ),
        practice(
            "Comparing",
            "Larger or smaller.",
            one("Which is the largest?", "3/4", "2/3", "1/2", why="In twelfths: 9, 8 and 6."),
            false("1/8 is larger than 1/6.", "More parts make smaller parts."),
            many(
                "Which are larger than one half?",
                right=["3/5", "5/8"],
                wrong=["4/9"],
                why="Half of nine is four and a half.",
            ),
        ),
        practice(
            "Adding and subtracting",
            "Work it out.",
            one("1/4 + 1/2 = ?", "3/4", "2/6", "1/8", why="One half is two quarters."),
            one("5/6 - 1/3 = ?", "1/2", "4/3", "4/6", why="1/3 is 2/6, and 3/6 is one half."),
            true("6/8 simplifies to 3/4.", "Divide both by two."),
            many(
                "Which sums equal 1?",
                right=["1/3 + 2/3", "3/8 + 5/8"],
                wrong=["1/2 + 1/3"],
                why="1/2 + 1/3 is 5/6.",
            ),
        ),
    ),
)

PERCENTAGES = SubCourse(
    "Percentages",
    "A2",
    "Percent as a way to compare, and what a change in percent means.",
    (
        Video("4:35", "Out of a hundred", "Percent, decimal, fraction."),
        Video("5:10", "Percent of something", "Find the part."),
        Video("5:25", "What percent is it?", "Find the rate."),
        Video("5:50", "Up and down", "Increase and decrease."),
        Video("5:15", "Interest", "Money that grows."),
    ),
    (
        practice(
            "Three spellings",
            "Percent, decimal, fraction.",
            one("0.35 is ...", "35 %", "3.5 %", "0.35 %", why="Times one hundred."),
            many(
                "Which equal 25 %?",
                right=["0.25", "1/4"],
                wrong=["2.5"],
                why="2.5 is 250 %.",
            ),
            true("100 % of a number is the number.", "All of it."),
        ),
        practice(
            "Finding the part",
            "Percent of.",
            one("20 % of 80 = ?", "16", "20", "60", why="A tenth is 8, twice that is 16."),
            one("5 % of 60 = ?", "3", "12", "5", why="Half of a tenth."),
            false("10 % of 50 is more than 50 % of 10.", "Both are 5."),
            many(
                "Which give 12?",
                right=["12 % of 100", "50 % of 24"],
                wrong=["12 % of 12"],
                why="12 % of 12 is 1.44.",
            ),
        ),
        practice(
            "Change",
            "Up and down.",
            one("A price of 40 rises by 10 %.", "44", "50", "41", why="A tenth of 40 is 4."),
            false("Up 10 % and then down 10 % is no change.", "The second tenth is taken of more: 99 %."),
            many(
                "Which double a number?",
                right=["increase by 100 %", "multiply by 2"],
                wrong=["increase by 200 %"],
                why="An increase by 200 % makes it three times as large.",
            ),
        ),
    ),
)

RATIO = SubCourse(
    "Ratio and proportion",
    "A3",
    "Share, scale and convert.",
    (
        Video("5:00", "Two to three", "What a ratio says."),
        Video("5:35", "Sharing fairly", "Divide in a ratio."),
        Video("5:20", "Recipes", "Scale up and down."),
        Video("6:00", "Maps and models", "Scales such as 1:50 000."),
        Video("5:45", "The more the less", "Inverse proportion."),
        Video("4:50", "Ratios with beads", "Replaced by 'Two to three'.", Status.ARCHIVED),
    ),
    (
        practice(
            "Reading ratios",
            "Simplify and compare.",
            one("6:9 in lowest terms", "2:3", "3:2", "6:9", why="Divide both by three."),
            many("Which equal 1:2?", right=["3:6", "5:10"], wrong=["2:1"], why="Order matters."),
            true("A ratio can compare three numbers.", "For example 1:2:3."),
        ),
        practice(
            "Sharing",
            "Divide in a ratio.",
            one("Share 20 in the ratio 1:4. The smaller part is ...", "4", "5", "16", why="Five parts of 4."),
            one(
                "Share 30 in the ratio 2:3. The larger part is ...", "18", "12", "20", why="Five parts of 6."
            ),
            false("In 1:4 the smaller part is a quarter.", "It is a fifth of the whole."),
            many(
                "Which split 24 without remainder?",
                right=["1:2", "3:5"],
                wrong=["2:3"],
                why="24 divides by 3 and by 8, not by 5.",
            ),
        ),
        practice(
            "Proportion",
            "Direct and inverse.",
            one("3 pens cost 6. What do 5 cost?", "10", "8", "30", why="One costs 2."),
            many(
                "Which are inversely proportional?",
                right=["speed and travel time", "workers and days for one job"],
                wrong=["weight and price of apples"],
                why="More apples cost more.",
            ),
            true("At 1:50 000, 2 cm on the map are 1 km.", "2 x 50 000 cm are 1 km."),
        ),
    ),
)

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

FIRST_PROGRAMS = SubCourse(
    "First programs",
    "B3",
    "Values, variables, decisions and loops in Python.",
    (
        Video("6:15", "Say hello", "Your first program."),
        Video("6:40", "Names for values", "Variables and types."),
        Video("7:00", "If and else", "Programs that decide."),
        Video("7:30", "Again and again", "for and while."),
        Video("7:15", "Reading errors", "The last line first."),
    ),
    (
        practice(
            "Values",
            "Types and operators.",
            one("What is 7 // 2?", "3", "3.5", "4", why="// rounds down."),
            many("Which are strings?", right=["'7'", '"seven"'], wrong=["7"], why="Quotes make a string."),
            false("'3' + 4 is 7.", "A string and a number cannot be added."),
        ),
        practice(
            "Decisions",
            "True and False.",
            one("Which tests whether a equals b?", "a == b", "a = b", "a := b", why="One = assigns."),
            true("An empty list counts as false.", "So do 0 and ''."),
            many(
                "Which are true for x = 5?",
                right=["x > 3 and x < 9", "x in (1, 5)"],
                wrong=["not x"],
                why="5 counts as true, so 'not x' is False.",
            ),
        ),
        practice(
            "Loops",
            "How often?",
            one("How often does range(4) loop?", "4 times", "3 times", "5 times", why="0, 1, 2, 3."),
            one(
                "Which leaves a loop at once?",
                "break",
                "continue",
                "pass",
                why="'continue' goes on to the next.",
            ),
            false("A while loop always ends.", "Only when its condition becomes false."),
            many(
                "Over which can 'for' loop?",
                right=["a list", "a string"],
                wrong=["an integer"],
                why="An integer has no items.",
            ),
        ),
    ),
)

FUNCTIONS_AND_DATA = SubCourse(
    "Functions and data",
    "C1",
    "Structure programs with functions, lists and dictionaries.",
    (
        Video("7:20", "Your own functions", "Parameters and results."),
        Video("7:45", "Lists", "Order, slices, sorting."),
        Video("8:00", "Dictionaries", "Look up by name."),
        Video("7:30", "Comprehensions", "A loop in one line."),
        Video("8:15", "Testing", "Sentences that check themselves."),
    ),
    (
        practice(
            "Functions",
            "In and out.",
            one("What does a function without return give?", "None", "0", "an error", why="None by default."),
            true("A parameter can have a default.", "def greet(name='you')."),
            many(
                "What makes a function easy to test?",
                right=["it does one thing", "it returns its result"],
                wrong=["it changes global variables"],
                why="Hidden state must be set up first.",
            ),
        ),
        practice(
            "Collections",
            "Lists and dictionaries.",
            one("[1, 2, 3][-1]", "3", "1", "an error", why="Negative indexes count from the end."),
            many("Which can change?", right=["dict", "list"], wrong=["tuple"], why="Tuples are fixed."),
            false("A dictionary may hold one key twice.", "The second value replaces the first."),
        ),
        practice(
            "Comprehensions",
            "Short loops.",
            one("[n * n for n in (1, 2, 3)]", "[1, 4, 9]", "[1, 2, 3]", "[2, 4, 6]", why="Squares."),
            true("A comprehension may filter with 'if'.", "[n for n in numbers if n > 0]."),
            many(
                "Which build a set?",
                right=["set([1, 2])", "{n for n in (1, 2)}"],
                wrong=["{}"],
                why="{} is an empty dictionary.",
            ),
        ),
    ),
)

DESCRIBING_DATA = SubCourse(
    "Describing data",
    "C2",
    "Summaries and pictures that do not mislead.",
    (
        Video("7:40", "Mean and median", "Two middles."),
        Video("7:55", "Spread", "Range, quartiles, standard deviation."),
        Video("8:20", "Choosing a chart", "Bars, lines, dots."),
        Video("8:05", "Correlation", "Together is not because."),
        Video("7:50", "Cleaning data", "Missing, double, impossible."),
    ),
    (
        practice(
            "Middles",
            "Mean, median, mode.",
            one("The median of 1, 2, 9", "2", "4", "9", why="The one in the middle."),
            one("The mean of 2, 4, 9", "5", "4", "15", why="15 divided by 3."),
            true("One outlier moves the mean more than the median.", "The median only counts places."),
            many(
                "Which describe the middle?",
                right=["mean", "median"],
                wrong=["range"],
                why="The range describes spread.",
            ),
        ),
        practice(
            "Charts",
            "Show it fairly.",
            one(
                "Which suits a trend over time?",
                "line chart",
                "pie chart",
                "table of names",
                why="It shows change.",
            ),
            many(
                "Which can mislead?",
                right=["a cut axis", "a third dimension"],
                wrong=["labels"],
                why="Both distort lengths.",
            ),
            false("Pie charts are best for twenty groups.", "Nobody compares twenty angles."),
        ),
        practice(
            "Correlation",
            "Together or because?",
            one(
                "A correlation of -0.9 is ...",
                "strong and falling",
                "weak",
                "impossible",
                why="Near -1 is strong.",
            ),
            false("Correlation proves a cause.", "A third cause may drive both."),
            many(
                "What can explain a correlation?",
                right=["a common cause", "chance"],
                wrong=["a correlation of zero"],
                why="Zero is the absence of one.",
            ),
        ),
    ),
)

INFERENCE = SubCourse(
    "From sample to claim",
    "C3",
    "Sampling, uncertainty and tests.",
    (
        Video("8:30", "Good samples", "Random, large enough, complete."),
        Video("8:45", "Sampling error", "Why results differ."),
        Video("9:05", "Confidence intervals", "A range and what it promises."),
        Video("9:20", "Testing an idea", "What a p-value is, and is not."),
        Video("8:50", "Reporting honestly", "Say what you did not find, too."),
    ),
    (
        practice(
            "Samples",
            "Who was asked?",
            one(
                "Which sample is fairest?",
                "names drawn by lot",
                "the first ten to answer",
                "your friends",
                why="Everyone had the same chance.",
            ),
            true("A larger random sample is more precise.", "The error shrinks with the square root."),
            many(
                "Which cause bias?",
                right=["asking only volunteers", "a leading question"],
                wrong=["drawing lots"],
                why="Lots treat all alike.",
            ),
        ),
        practice(
            "Intervals",
            "How sure?",
            one(
                "Four times the sample makes the interval ...",
                "half as wide",
                "as wide",
                "a quarter as wide",
                why="√4.",
            ),
            false(
                "A 95 % interval holds 95 % of the data.", "It is about the mean, not about single values."
            ),
            many(
                "What widens an interval?",
                right=["a smaller sample", "more confidence"],
                wrong=["less spread"],
                why="Less spread narrows it.",
            ),
        ),
        practice(
            "Tests",
            "What a p-value says.",
            one(
                "A small p-value means that the data are ...",
                "surprising if nothing is going on",
                "proof of the idea",
                "wrong",
                why="It assumes that there is no effect.",
            ),
            true("Many tests at once produce false alarms.", "One in twenty at the 5 % level."),
            many(
                "What belongs in a report?",
                right=["the size of the effect", "the size of the sample"],
                wrong=["only p < 0.05"],
                why="Significance says nothing about size.",
            ),
        ),
    ),
)

CATALOGUE: Final[tuple[Category, ...]] = (
    Category(
        "Mathematics",
        "Numbers, equations and functions.",
        (
            Course(
                "Numbers and calculation",
                "Fractions, percentages and ratios for every day.",
                (FRACTIONS, PERCENTAGES, RATIO),
            ),
            Course(
                "Algebra and functions",
                "From the first equation to the parabola.",
                (LINEAR_EQUATIONS, QUADRATICS),
            ),
        ),
    ),
    Category(
        "Computing and data",
        "Write programs, and let data speak.",
        (
            Course(
                "Programming with Python",
                "Small programs that do useful work.",
                (FIRST_PROGRAMS, FUNCTIONS_AND_DATA),
            ),
            Course(
                "Data and evidence",
                "Describe, compare and conclude.",
                (DESCRIBING_DATA, INFERENCE),
            ),
        ),
    ),
)
