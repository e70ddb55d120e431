"""Numbers and calculation: fractions, percentages and ratios for every day."""

from demo.content import SubCourse, Video, false, many, one, practice, true
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
