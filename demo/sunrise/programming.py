"""Programming with Python: small programs that do useful work."""

from demo.content import SubCourse, Video, false, many, one, practice, true

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
