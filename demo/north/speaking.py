"""Speaking foundations: greetings, errands, stories."""

from demo.content import SubCourse, Video, false, many, one, practice, true
from learning.models import Status

FIRST_CONVERSATIONS = SubCourse(
    "First conversations",
    "A1",
    "Greet people, say who you are and ask simple questions.",
    (
        Video("3:10", "Hello and goodbye", "Greetings for morning, evening and leaving."),
        Video("3:45", "My name is ...", "Introduce yourself and ask for a name."),
        Video("4:20", "Where are you from?", "Countries, cities and the verb 'to be'."),
        Video("4:05", "Numbers and phone numbers", "Count to one hundred and give your number."),
        Video("5:00", "Sorry, can you repeat that?", "What to say when you did not understand."),
        Video("4:40", "Small talk about the weather", "Three safe sentences.", Status.DRAFT),
    ),
    (
        practice(
            "Greetings",
            "Choose the greeting that fits.",
            one(
                "It is 9 a.m. You meet your teacher.",
                "Good morning!",
                "Good night!",
                "Goodbye!",
                why="Morning.",
            ),
            many(
                "Which can you say when you leave?",
                right=["Goodbye!", "See you tomorrow!"],
                wrong=["Nice to meet you!"],
                why="'Nice to meet you' belongs to a first meeting.",
            ),
            false(
                "'Good night' is a way to say hello in the evening.",
                "It says goodbye; hello is 'Good evening'.",
            ),
        ),
        practice(
            "Names and countries",
            "Say who you are and where you come from.",
            one("What ___ your name?", "is", "are", "am", why="'Your name' is one thing: it is."),
            one("I ___ from Brazil.", "am", "is", "be", why="'I' takes 'am'."),
            many(
                "Which questions ask for a country?",
                right=["What country are you from?", "Where are you from?"],
                wrong=["How are you?"],
                why="'How are you?' asks how someone feels.",
            ),
            true("'I'm' is short for 'I am'.", "The apostrophe stands for the missing letter."),
        ),
        practice(
            "Numbers",
            "Read and hear numbers.",
            one("How do you say 13?", "thirteen", "thirty", "three ten", why="Thirteen is 13, thirty is 30."),
            many(
                "Which numbers end in '-teen'?",
                right=["14", "19"],
                wrong=["12", "40"],
                why="The teens run from 13 to 19.",
            ),
            true("'Zero' and 'oh' both name 0 in a phone number.", "'Oh' is common when speaking."),
        ),
    ),
)

OUT_AND_ABOUT = SubCourse(
    "Out and about",
    "A2",
    "Shop, order food and find your way.",
    (
        Video("4:30", "How much is it?", "Prices, money and polite requests."),
        Video("5:10", "At the café", "Order and pay."),
        Video("4:50", "Turn left at the bank", "Ask for directions and follow them."),
        Video("5:25", "Catching the bus", "Timetables and tickets."),
        Video("4:15", "Plans for the weekend", "'Going to' for what you have decided."),
    ),
    (
        practice(
            "In a shop",
            "Ask politely.",
            one(
                "Which is the most polite?",
                "Could I have a bag, please?",
                "Give me a bag.",
                "I want a bag.",
                why="'Could I' with 'please' asks instead of telling.",
            ),
            one("How ___ are these shoes?", "much", "many", "cost", why="Prices are asked with 'how much'."),
            false("'How many is it?' asks for a price.", "'How many' asks for a number of things."),
            many(
                "Which can you count?",
                right=["apples", "eggs"],
                wrong=["milk"],
                why="Milk needs a bottle or a glass to be counted.",
            ),
        ),
        practice(
            "Directions",
            "Left, right and straight on.",
            one("Go straight ___ until the bridge.", "on", "in", "at", why="The phrase is 'straight on'."),
            many(
                "Which say where something is?",
                right=["next to the bank", "opposite the school"],
                wrong=["turn right"],
                why="'Turn right' says what to do.",
            ),
            true("'Cross the road' means go to its other side.", "'Across' has the same idea."),
        ),
        practice(
            "Plans",
            "Talk about tomorrow.",
            one("We ___ going to cook tonight.", "are", "is", "will", why="'We' takes 'are going to'."),
            true(
                "'I'm meeting Ana at six' can speak of the future.",
                "The present continuous names arrangements.",
            ),
            many(
                "Which words point to the future?",
                right=["next week", "tomorrow"],
                wrong=["yesterday"],
                why="Yesterday is over.",
            ),
        ),
    ),
)

TELLING_YOUR_STORY = SubCourse(
    "Telling your story",
    "A3",
    "Say what happened, in order and with feeling.",
    (
        Video("5:05", "Last summer", "Regular verbs in the past."),
        Video("5:40", "Went, saw, bought", "Twenty irregular verbs that you need every day."),
        Video("4:35", "First, then, finally", "Put a story in order."),
        Video("5:15", "What were you doing?", "The past continuous sets the scene."),
        Video("4:55", "How did it feel?", "Adjectives that end in -ed and -ing."),
        Video("6:10", "Stories from 2019", "Replaced by 'Last summer'.", Status.ARCHIVED),
    ),
    (
        practice(
            "Past forms",
            "Regular and irregular.",
            one(
                "What is the past of 'buy'?",
                "bought",
                "buyed",
                "brought",
                why="'Brought' is the past of 'bring'.",
            ),
            many(
                "Which are past forms?",
                right=["saw", "went"],
                wrong=["seen", "go"],
                why="'Seen' needs 'have'.",
            ),
            false("'Did you went?' is correct.", "After 'did' comes the base form: 'Did you go?'"),
        ),
        practice(
            "Putting it in order",
            "Small words that carry a story.",
            one("___ we packed, then we left.", "First", "Finally", "After", why="'First' opens the order."),
            true("'While' can join two actions at the same time.", "While I was cooking, she read."),
            many(
                "Which end a story?",
                right=["Finally", "In the end"],
                wrong=["To begin with"],
                why="The third one opens it.",
            ),
        ),
        practice(
            "Feelings",
            "Bored or boring?",
            one("The film was ___.", "boring", "bored", "bore", why="What causes the feeling ends in -ing."),
            one("I was ___ by the noise.", "frightened", "frightening", "fright", why="Who feels it: -ed."),
            true("'I am interested in history' is correct.", "The person feels: -ed."),
            many(
                "Which describe how someone feels?",
                right=["excited", "tired"],
                wrong=["exciting"],
                why="-ed for the person, -ing for the cause.",
            ),
        ),
    ),
)
