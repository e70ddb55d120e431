"""Values that clients send by mistake or on purpose."""

LONG, BIG, DEEP = "x" * 8192, "9" * 400, 5_000


def words(text: str, *further: str) -> list[str]:
    """Return the values in a text, which stand apart by blanks, and further ones."""
    return [*text.split(), *further]


PATH_IDS = words(
    """
    0 -1 1.5 1e9 NaN true null [] {} x 1111111111111111111 999999999999999999 %00 1%00 1%0A 1%20 %ED%A0%80
    %FF %D9%A3 %F0%9F%A6%8A ..%2F1 1;2
    """,
    *(BIG, "x" * 5_000),
)
QUERY_VALUES = words(
    """
    0 -1 1.5 1e400 NaN true null [] {} 9999999999999999999 %00 1%00 %ED%A0%80 %FF %D9%A3 %F0%9F%A6%8A %
    '+OR+1=1+-- 1&{name}=2
    """,
    *("", BIG, "x" * 5_000),
)
UNKNOWN = words(
    "organization organization_id user_id id ordering search format id__in deleted__isnull %00 %FF"
)

# JSON, to be put where a value belongs.
VALUES = words(
    r"""
    null true false 0 -1 1.5 1e400 -1e400 1e-400 -0.0 NaN Infinity 10000000000000000000 9223372036854775807
    [] {} [null] [[[]]] "" "\u0000" "a\u0000b" "\ud800" "\udfff\ud800" "1" "true" "🦊"
    "\u202e\ufeff"
    """,
    *('"   "', BIG, f'"{LONG * 12}"', "[" * 900 + "]" * 900, '{"a":' * 900 + "1" + "}" * 900),
)
ITEMS = words(
    r"""
    [1] ["x"] [[]] [{"id":true,"position":0}] [{"id":10000000000000000000,"position":0}]
    [{"id":1,"position":1e400}] [{"id":-1,"position":-1}] [{"id":"1","position":"0"}]
    [{"question_id":10000000000000000000,"option_id":1,"text":"a"}] [{"text":"\u0000"},{"text":1}]
    [{"question_id":true,"option_id":1,"text":"a"}]
    [{"text":"a","is_correct":1},{"text":"b","is_correct":true,"id":10000000000000000000}]
    """
)
BODIES = words(
    r"""
    { } [] [{}] null 1 "x" NaN {'a':1} {"a":NaN} {} {"a":1e400} {"\ud800":1} {"":1} {"a":1,"a":2}
    {"\u0000":1} {"__proto__":{},"__class__":1} <a/> a=b {}{}
    """,
    *("", " ", "\x00", "\ufeff{}", "[" * DEEP + "]" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP),
)
TYPES = words(
    "text/plain text/html application/xml application/x-www-form-urlencoded x / a/b/c application/jsonx \xff",
    *("", "multipart/form-data; boundary=x", "application/json; charset=utf-7"),
)
METHODS = words("OPTIONS TRACE CONNECT PROPFIND PATCH PUT POST DELETE GET", "X" * 100)
HEADERS = {
    "X_SCOPE": ["", ":", "organization:", f"organization:{BIG}", "\xff:\xff", LONG, "user:1", "\x00"],
    "IDEMPOTENCY_KEY": ["", " ", "\xff", "\xd0\xba\xd0\xbb", LONG, "x" * 201, "\x00", "\x7f"],
    "IF_NONE_MATCH": ["", "*", '"', 'W/"', '"x", W/"y"', "\xff", LONG, '"' + LONG, "," * 8192, "\x00"],
    "AUTHORIZATION": ["", "Bearer", "Bearer ", "Bearer \xff", f"Bearer {LONG}", "Bearer a.b.c", "Basic eDp4"],
    "ACCEPT": ["", "*", "text/html", "application/json; q=x", "\xff", LONG, "application/xml", ";;,,"],
    "ACCEPT_LANGUAGE": ["\xff", LONG, "xx-yy;q=z", "../../etc"],
    "X_REQUEST_ID": ["\xff", LONG, "a\r\nSet-Cookie: x=y", "%00"],
    "X_FORWARDED_FOR": ["\xff", LONG, "1.2.3.4, x", "::ffff:1.2.3.4%eth0"],
    "X_HTTP_METHOD_OVERRIDE": ["DELETE", "\xff"],
    "COOKIE": ["sessionid=x; csrftoken=\xff", LONG],
    "ORIGIN": ["null", "\xff"],
}
