"""North teaches English: four courses from first words to academic style."""

from typing import Final

from demo.content import (
    Category,
    Course,
    Practice,
    SubCourse,
    Video,
    draft,
    false,
    many,
    one,
    practice,
    true,
)
from learning.models import Status

ASSESSMENT: Final = Practice(
    "North placement check",
    "Six questions that every North sub-course begins with.",
    (
        one("She ___ from Norway.", "is", "are", "be", why="'She' takes 'is'."),
        one(
            "Yesterday we ___ to the museum.", "went", "go", "have gone", why="'Yesterday' asks for the past."
        ),
        one(
            "If it ___ tomorrow, we will stay in.",
            "rains",
            "will rain",
            "rained",
            why="No 'will' after 'if'.",
        ),
        many(
            "Which sentences are correct?",
            right=["He has lived here since 2019.", "I've known her for years."],
            wrong=["I live here since 2019."],
            why="What began in the past and still holds takes the present perfect.",
        ),
        many(
            "Which words can join two sentences?",
            right=["although", "because"],
            wrong=["despite"],
            why="'Despite' is followed by a noun, not by a sentence.",
        ),
        false("'Information' has a plural, 'informations'.", "It is uncountable: a piece of information."),
    ),
)

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

PAST_AND_PRESENT = SubCourse(
    "Past and present",
    "B1",
    "Choose between the past and the present perfect.",
    (
        Video("6:20", "Finished or not?", "The one question that decides the tense."),
        Video("5:50", "For and since", "How long, and from when."),
        Video("6:05", "Already, yet, just", "Small words, exact places."),
        Video("5:35", "Used to", "Habits that are over."),
        Video("6:40", "Had done", "A past before the past."),
    ),
    (
        practice(
            "Which tense?",
            "Past simple or present perfect.",
            one(
                "I ___ him last week.",
                "saw",
                "have seen",
                "see",
                why="A finished time takes the past simple.",
            ),
            many(
                "Which go with the present perfect?",
                right=["since Monday", "so far"],
                wrong=["in 2010"],
                why="'In 2010' is finished.",
            ),
            false("'I have finished it yesterday' is correct.", "'Yesterday' needs the past simple."),
        ),
        practice(
            "For or since",
            "Length or starting point.",
            one(
                "We have lived here ___ ten years.",
                "for",
                "since",
                "from",
                why="A length of time takes 'for'.",
            ),
            one("She has worked here ___ May.", "since", "for", "by", why="A starting point takes 'since'."),
            true("'For ages' is a length of time.", "It means: for a very long time."),
            many(
                "Which follow 'since'?",
                right=["2020", "I was a child"],
                wrong=["two hours"],
                why="'Two hours' is a length.",
            ),
        ),
        practice(
            "Old habits",
            "Used to and past perfect.",
            one(
                "I ___ play the piano.",
                "used to",
                "use to",
                "was used",
                why="A habit that is over: 'used to'.",
            ),
            true("'Did you use to live here?' is correct.", "After 'did', 'use' has no -d."),
            many(
                "Which are in the past perfect?",
                right=["had eaten", "had gone"],
                wrong=["has gone"],
                why="It is built with 'had'.",
            ),
        ),
    ),
)

CONDITIONS_AND_WISHES = SubCourse(
    "Conditions and wishes",
    "B2",
    "Real and unreal conditions, and what you would rather have.",
    (
        Video("6:00", "If it rains", "Conditions that may come true."),
        Video("6:25", "If I were you", "Imagining something else."),
        Video("7:10", "If I had known", "Too late to change."),
        Video("5:45", "I wish", "Three kinds of wish."),
        Video("6:15", "Unless, provided, in case", "Conditions without 'if'."),
        Video("5:30", "Mixed conditions", "Then and now in one sentence.", Status.DRAFT),
    ),
    (
        practice(
            "Real conditions",
            "What happens if.",
            one(
                "If you heat ice, it ___.",
                "melts",
                "melted",
                "would melt",
                why="A fact takes two present forms.",
            ),
            false("'If I will see her, I'll tell her' is correct.", "'If' is followed by the present."),
            many(
                "Which mean 'if not'?",
                right=["if you don't", "unless you"],
                wrong=["provided you"],
                why="'Provided' means 'only if'.",
            ),
        ),
        practice(
            "Unreal conditions",
            "Imagine.",
            one(
                "If I ___ rich, I would travel.",
                "were",
                "am",
                "will be",
                why="The unreal present uses the past.",
            ),
            one(
                "If she had called, I ___ come.",
                "would have",
                "would",
                "had",
                why="The unreal past: would have.",
            ),
            true("'If I were you' gives advice.", "It imagines being in your place."),
            many(
                "Which speak of the unreal past?",
                right=["had I known", "if he had asked"],
                wrong=["if he asks"],
                why="'If he asks' may still happen.",
            ),
        ),
        practice(
            "Wishes",
            "Now, then and later.",
            one("I wish I ___ taller.", "were", "am", "be", why="A wish about now uses the past."),
            many(
                "Which are about the past?",
                right=["I wish I had stayed.", "If only we had left earlier."],
                wrong=["I wish it would stop."],
                why="The third wishes for a change to come.",
            ),
            true("'If only' is stronger than 'I wish'.", "It stresses the regret."),
        ),
        draft("Mixed practice", "Not finished.", true("'Were I rich' means 'if I were rich'.", "Inverted.")),
    ),
)

MEETINGS_AND_EMAIL = SubCourse(
    "Meetings and e-mail",
    "B3",
    "Take part in meetings and write e-mails that get answers.",
    (
        Video("6:30", "A subject line that works", "Say what you need before it is opened."),
        Video("7:05", "Clear requests", "Who does what by when."),
        Video("6:45", "Joining a discussion", "Get in without interrupting."),
        Video("7:20", "Agreeing to disagree", "Say no and stay friends."),
        Video("6:10", "Minutes in five lines", "Decisions, owners, dates."),
    ),
    (
        practice(
            "E-mail basics",
            "Short and clear.",
            one(
                "Which subject line is best?",
                "Budget: please approve by Friday",
                "Hello",
                "Important!!!",
                why="It names the topic, the action and the date.",
            ),
            many(
                "Which belong in a request?",
                right=["a date", "what you need"],
                wrong=["every detail of its history"],
                why="History can be attached.",
            ),
            false(
                "'I look forward to hear from you' is correct.", "'To' is followed by -ing here: 'hearing'."
            ),
        ),
        practice(
            "In the meeting",
            "Phrases that open doors.",
            one(
                "How do you interrupt politely?",
                "May I add something here?",
                "Wait.",
                "You are wrong.",
                why="Asking permission keeps the peace.",
            ),
            true(
                "'I see your point, but' shows that you listened.", "It repeats respect before the objection."
            ),
            many(
                "Which check that you understood?",
                right=["Do you mean that ...?", "So you are saying ..."],
                wrong=["Anyway, ..."],
                why="'Anyway' changes the topic.",
            ),
        ),
        practice(
            "Minutes",
            "Write what matters.",
            one(
                "What must every action have?",
                "an owner",
                "a chart",
                "a quote",
                why="Without one nobody does it.",
            ),
            many(
                "What belongs in minutes?",
                right=["dates", "decisions"],
                wrong=["every word that was said"],
                why="Minutes are a summary.",
            ),
            false("Minutes are best written a week later.", "Details fade within a day."),
        ),
    ),
)

PRESENTING_AND_NEGOTIATING = SubCourse(
    "Presenting and negotiating",
    "C1",
    "Lead an audience through an idea and reach agreements.",
    (
        Video("7:40", "Open with the point", "The first thirty seconds."),
        Video("8:05", "One slide, one message", "Headlines that say something."),
        Video("7:15", "Handling questions", "Repeat, answer, check."),
        Video("8:30", "Interests, not positions", "What do they really need?"),
        Video("7:50", "Closing the deal", "Sum up, confirm, thank."),
    ),
    (
        practice(
            "Signposting",
            "Guide your audience.",
            one(
                "'___ on to the next point'",
                "Moving",
                "Move",
                "Moved",
                why="The set phrase is 'moving on to'.",
            ),
            many(
                "Which announce a summary?",
                right=["In short", "To sum up"],
                wrong=["For instance"],
                why="'For instance' gives an example.",
            ),
            true("Repeating a question gives you time.", "And everyone hears it."),
        ),
        practice(
            "Hedging",
            "Be careful without being vague.",
            one(
                "Which is the most careful?",
                "This may lead to delays.",
                "This leads to delays.",
                "This will lead to delays.",
                why="'May' leaves room.",
            ),
            many(
                "Which words hedge?",
                right=["likely", "somewhat"],
                wrong=["definitely"],
                why="'Definitely' does the opposite.",
            ),
            false("Hedging is the same as lying.", "It states how sure you are."),
        ),
        practice(
            "At the table",
            "Negotiate.",
            one(
                "Which offers a trade?",
                "If you order today, we can ship free.",
                "Our price is final.",
                "Take it or leave it.",
                why="A trade gives something for something.",
            ),
            true("'Would you be open to' invites an idea.", "It is a soft proposal."),
            many(
                "Which build agreement?",
                right=["naming common ground", "summing up"],
                wrong=["raising your voice"],
                why="Both show what is shared.",
            ),
        ),
    ),
)

BUILDING_AN_ARGUMENT = SubCourse(
    "Building an argument",
    "C2",
    "From question to claim, evidence and counter-argument.",
    (
        Video("8:20", "What makes a claim", "Arguable, specific, supported."),
        Video("7:55", "Evidence that counts", "Sources and what they can show."),
        Video("8:40", "The other side", "Use objections to become stronger."),
        Video("7:30", "Paragraphs that move", "Topic, support, link."),
        Video("9:00", "Citing fairly", "Quote, paraphrase, refer."),
    ),
    (
        practice(
            "Claims",
            "Arguable or not?",
            one(
                "Which is an arguable claim?",
                "School should start later.",
                "Water boils at 100 °C at sea level.",
                "The essay has four pages.",
                why="The other two are facts to check.",
            ),
            many(
                "A good claim is ...",
                right=["arguable", "specific"],
                wrong=["obvious"],
                why="Nobody needs an argument for the obvious.",
            ),
            false(
                "A claim and a topic are the same.", "A topic names a subject, a claim says something of it."
            ),
        ),
        practice(
            "Evidence",
            "What supports what.",
            one(
                "What can one anecdote show?",
                "that something can happen",
                "how often it happens",
                "why it happens",
                why="Frequency and cause need more.",
            ),
            many(
                "Which are primary sources?",
                right=["a diary", "an interview"],
                wrong=["an encyclopedia"],
                why="An encyclopedia reports what others found.",
            ),
            true("A paraphrase needs a reference.", "The idea is still someone else's."),
        ),
        practice(
            "Linking",
            "Words that show logic.",
            one("___ the cost, the plan is sound.", "Despite", "Although", "However", why="A noun follows."),
            many(
                "Which introduce a contrast?",
                right=["nevertheless", "whereas"],
                wrong=["moreover"],
                why="'Moreover' adds.",
            ),
            true("'Hence' introduces a consequence.", "It means 'for this reason'."),
        ),
    ),
)

STYLE_AND_REVISION = SubCourse(
    "Style and revision",
    "C3",
    "Cut, sharpen and polish what you have written.",
    (
        Video("8:10", "Verbs do the work", "Undo nominalizations."),
        Video("7:35", "Old before new", "Information that flows."),
        Video("8:25", "Cutting a third", "What a text can lose."),
        Video("7:45", "Rhythm", "Vary the length of sentences."),
        Video("9:15", "Reading aloud", "The last check, and the best."),
    ),
    (
        practice(
            "Clear verbs",
            "Turn nouns back into verbs.",
            one(
                "Which is clearest?",
                "We decided.",
                "A decision was made by us.",
                "We made the decision that was taken.",
                why="One verb does it.",
            ),
            many(
                "Which are nominalizations?",
                right=["investigation", "refusal"],
                wrong=["investigate"],
                why="Nouns made of verbs.",
            ),
            false("The passive is always wrong.", "It helps when the doer does not matter."),
        ),
        practice(
            "Cutting",
            "Say it shorter.",
            one(
                "'Due to the fact that' means ...", "because", "although", "until", why="Five words for one."
            ),
            many(
                "Which words can usually go?",
                right=["basically", "very"],
                wrong=["not"],
                why="'Not' changes the meaning.",
            ),
            true("A shorter text can be harder to write.", "Choosing takes time."),
        ),
        practice(
            "Flow",
            "Old before new.",
            one(
                "Where does new information go best?",
                "at the end",
                "at the start",
                "anywhere",
                why="Known first.",
            ),
            true("Pronouns can tie sentences together.", "They point back to what is known."),
            many(
                "What helps rhythm?",
                right=["a short sentence now and then", "reading aloud"],
                wrong=["sentences of one length"],
                why="Variety keeps a reader awake.",
            ),
        ),
    ),
)

CATALOGUE: Final[tuple[Category, ...]] = (
    Category(
        "English for everyday life",
        "From first words to confident conversation.",
        (
            Course(
                "Speaking foundations",
                "Speak from the first lesson on: greetings, errands, stories.",
                (FIRST_CONVERSATIONS, OUT_AND_ABOUT, TELLING_YOUR_STORY),
            ),
            Course(
                "Grammar in use",
                "The tenses and conditions that conversations turn on.",
                (PAST_AND_PRESENT, CONDITIONS_AND_WISHES),
            ),
        ),
    ),
    Category(
        "English for study and work",
        "Language for meetings, talks and papers.",
        (
            Course(
                "Business communication",
                "Write, meet, present and negotiate.",
                (MEETINGS_AND_EMAIL, PRESENTING_AND_NEGOTIATING),
            ),
            Course(
                "Academic writing",
                "Arguments that hold and sentences that carry them.",
                (BUILDING_AN_ARGUMENT, STYLE_AND_REVISION),
            ),
        ),
    ),
)
