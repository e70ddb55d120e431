"""Measure the hot paths side by side with the least a Python process can do.

Needs ``wrk``. 16 keep-alive connections, 2 web processes, everything on this machine: absolute figures
move from run to run, the ratios of one run hold.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from tests.bench.data import Bench, load, load_reporters  # noqa: E402
from tests.e2e.servers import free_port  # noqa: E402

SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
FEW_RESULTS = 50_000
MANY_RESULTS = int(os.environ.get("BENCH_QUIZ_RESULTS", FEW_RESULTS))

OURS = "config.serving"
INTERACTIONS = "/api/v1/interactions"
COMPLETION = "/api/safety_quiz_results/completion"

# Requests are a table, taken in turn by each connection.
_SCRIPT = """
local requests = {}
for line in io.lines("%s") do
  local method, path, token, body = line:match("([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)\\t(.*)")
  local headers = {["Host"] = "127.0.0.1", ["Content-Type"] = "application/json"}
  headers["Authorization"] = "Bearer " .. token
  requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
end
local at = 0
request = function() at = at %% #requests + 1; return requests[at] end
done = function(summary)
  io.write("status_errors ", summary.errors.status, "\\n")
end
"""

Request = tuple[str, str, str, str]


@contextmanager
def serving(application: str) -> Iterator[str]:
    """Run one application in two processes and yield its address."""
    port = free_port()
    if application == OURS:
        command = [sys.executable, "-m", "config.serving", "--port", str(port)]
    else:
        command = [
            *(str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--workers", "2"),
            *("--blocking-threads", "4", "--port", str(port), "--no-ws", "--http", "1", application),
        ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int) -> None:
    """Return once a server takes connections; a busy machine may need a while for that."""
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.1)


def measure(address: str, requests: list[Request]) -> float:
    """Return requests per second; every answer must be a success."""
    with tempfile.TemporaryDirectory() as folder:
        table, script = Path(folder) / "requests", Path(folder) / "script.lua"
        table.write_text("\n".join("\t".join(request) for request in requests))
        script.write_text(_SCRIPT % table)
        base = ["wrk", "-t1", "-c16", "-s", str(script), address]
        subprocess.run([*base, "-d1s"], capture_output=True, check=True)
        output = subprocess.run([*base, f"-d{SECONDS}s"], capture_output=True, check=True, text=True).stdout
    errors = re.search(r"status_errors (\d+)", output)
    assert errors and errors[1] == "0", output
    found = re.search(r"Requests/sec:\s+([\d.]+)", output)
    assert found
    return float(found[1])


def reorder(ids: list[int], token: str) -> list[Request]:
    """Return two requests that keep turning a list round."""
    path = "/api/v1/course-management/videos/reorder"
    return [
        ("PUT", path, token, json.dumps({"items": [{"id": pk, "position": n} for n, pk in enumerate(order)]}))
        for order in (ids[::-1], ids)
    ]


def chosen(name: str) -> bool:
    """Whether a path is to be measured: all are, unless some are named."""
    return len(sys.argv) == 1 or any(name.startswith(prefix) for prefix in sys.argv[1:])


def completion_reports() -> dict[str, tuple[str, str]]:
    """Return who asks for which week: for a campus of 500, and for an organization of 10,000 staff."""
    reporters = load_reporters(FEW_RESULTS)
    return {
        "H7 completion, campus of 500": (reporters.campus, reporters.week_of),
        "H7 completion, 10,000 staff": (reporters.organization, reporters.week_of),
    }


def main() -> None:
    """Print a table of requests per second."""
    if shutil.which("wrk") is None:
        sys.exit("bin/bench needs wrk on the PATH, for example from Debian's package of that name.")
    call_command("migrate", verbosity=0)
    bench: Bench = load()
    first, last = bench.short_list[0], bench.long_list[900]
    videos = "/api/v1/course-management/videos"
    path = f"/api/v1/course-management/courses/{bench.course_id}/learning-path"
    complete = f"/api/v1/progress/videos/{first}/complete"
    save = {"progress_type": "sign_learned", "item_id": "hello", "value": "learned", "score": 3}
    item = json.dumps({"data": {**save, "metadata": {"unit": "greetings", "tries": 3}}})
    viewed = [
        {"type": "viewed-slide", "payload": {"tcodeId": 12, "slide": slide, "seconds": slide / 7}}
        for slide in range(500)
    ]
    one, many = json.dumps(viewed[7]), json.dumps({"items": viewed})
    ours = {
        "H1 save one typed item": [("POST", "/api/user_progress", token, item) for token in bench.learners],
        "H2 list 50 typed items": [
            ("GET", "/api/user_progress?progress_type=sign_learned", bench.student, "")
        ],
        "H3 learning path, 10 x (20 + 5)": [("GET", path, bench.student, "")],
        "H4 first video": [("GET", f"{videos}/{first}", bench.student, "")],
        "H4 video 901 of 1,000": [("GET", f"{videos}/{last}", bench.student, "")],
        "H5 complete, first time": [("POST", complete, token, "") for token in bench.learners],
        "H5 complete, repeated": [("POST", complete, bench.student, "")],
        "H6 reorder 20": reorder(bench.short_list, bench.admin),
        "H6 reorder 1,000": reorder(bench.long_list, bench.admin),
        "H8 append one interaction": [("POST", INTERACTIONS, token, one) for token in bench.learners],
        "H8 append 500 interactions": [("POST", INTERACTIONS, token, many) for token in bench.learners[:50]],
    }
    reports = completion_reports() if chosen("H7") else {}
    ours |= {
        name: [("GET", f"{COMPLETION}?week_of={week}", token, "")] for name, (token, week) in reports.items()
    }
    least = {
        "H1 save one typed item": [("POST", "/items/0", token, item) for token in bench.learners],
        "H2 list 50 typed items": [("GET", "/items/0", bench.student, "")],
        "H3 learning path, 10 x (20 + 5)": [("GET", f"/paths/{bench.course_id}", bench.student, "")],
        "H4 first video": [("GET", f"/videos/{first}", bench.student, "")],
        "H4 video 901 of 1,000": [("GET", f"/videos/{last}", bench.student, "")],
        "H5 complete, repeated": [("POST", f"/complete/{first}", bench.student, "")],
    }
    least |= {
        name: [("POST", "/interactions/0", token, body) for _, _, token, body in ours[name]]
        for name in ours
        if name.startswith("H8")
    }
    least |= {name: [("GET", "/reports/0", token, "")] for name, (token, _) in reports.items()}
    with serving(OURS) as address:
        reached = {name: measure(address, ours[name]) for name in ours if chosen(name)}
    with serving("tests.bench.limit:application") as address:
        limits = {name: measure(address, least[name]) for name in least if chosen(name)}
    for name, figure in reached.items():
        ratio = f"{figure / limits[name]:5.0%} of {limits[name]:6.0f}" if name in limits else ""
        print(f"{name:34}{figure:8.1f}/s   {ratio}")
    if reports and MANY_RESULTS > FEW_RESULTS:
        load_reporters(MANY_RESULTS)
        with serving(OURS) as address:
            for name in reports:
                figure = measure(address, ours[name])
                ratio = f"{figure / reached[name]:5.0%} of what it was with {FEW_RESULTS:,} results"
                print(f"{name:34}{figure:8.1f}/s   {ratio} ({MANY_RESULTS:,})")


if __name__ == "__main__":
    main()
