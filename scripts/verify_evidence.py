"""Proves from outside that each value stands where its evidence says. Usage: verify_evidence.py BASE_URL [KEY]"""

import json
import re
import sys
from collections import Counter
from urllib.request import Request, urlopen

BASE, KEY = sys.argv[1].rstrip("/"), {"Authorization": f"Bearer {sys.argv[2]}"} if len(sys.argv) > 2 else {}
counts, SIDES, DOCS = Counter(breaches=0), (("x", "width"), ("y", "height")), "/v1/documents"


def ask(path, body=None):
    data = json.dumps(body).encode() if body else None
    return json.load(urlopen(Request(BASE + path, data, {"Content-Type": "application/json"} | KEY), timeout=600))


def every(path, offset=0):
    while offset is not None:
        page = ask(f"{path}?limit=100&offset={offset}")
        yield from page["data"]
        offset = page["pagination"].get("next_offset")


def derives(raw, normalized, kind, mark=""):
    if kind in ("decimal", "money"):  # the first number that is printed, with the decimal mark that the rule names
        number = re.search(r"\d[\d.,'’\s]*", raw)[0].rstrip(".,'’ \n\t").rpartition("." if mark == "point" else ",")
        whole, cents = (number[0], number[2]) if number[1] else (number[2], "")
        return float(re.sub(r"\D", "", whole) + "." + re.sub(r"\D", "", cents)) == abs(float(normalized))
    if kind == "date":  # year and day are printed as numbers; the month may be a word
        return all(part.lstrip("0") in raw for part in (normalized[2:4], *normalized[5:].split("-")[1:]))
    if kind in ("currency", "country", "boolean", "duration"):
        return re.fullmatch(r"[A-Z]{2,3}|true|false|P\d+[DWMY]", normalized)
    return len({re.sub(r"[\W_]", "", text).casefold() for text in (raw.replace("(0)", ""), normalized)}) < 2


def check(node, pages):
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        check(child, pages)
    node, holds = node if isinstance(node, dict) else {}, True
    if "value_raw" in node:
        quoted = "source" in node or node["value_raw"] == "\n".join(item["quote"] for item in node["evidence"])
        holds = quoted and derives(node["value_raw"], node["value_normalized"], *node["rule"].split(":"))
    elif "location" in node:
        page, (start, end), box = pages[node["page_index"]], node["location"].values(), node["box"]
        words = [item for item in page["layout"]["elements"] if item["type"] == "word"]
        words = [word for word in words if word["char_start"] < end and word["char_end"] > start]
        out = [max(box[at] - word[at], word[at] + word[n] - box[at] - box[n]) for word in words for at, n in SIDES]
        holds = page["text"][start:end] == node["quote"] and max(out, default=1) < 0.55  # points
    counts.update(values="value_raw" in node, pieces_of_evidence="location" in node, breaches=not holds)
    print(end="" if holds else f"BREACH {json.dumps(node)}\n")


shown = {f"{DOCS}/{it['document_id']}": it for it in every(DOCS) if it["status"] == "processed"}
for path in [f"/v1/workflows/{flow['workflow_id']}/executions" for flow in every("/v1/workflows")]:
    shown |= {f"{path}/{run['execution_id']}": run for run in every(path) if f"{DOCS}/{run['document_id']}" in shown}
for path, item in shown.items():
    check(ask(path), ask("/v1/analysis/extract-text", {"document_id": item["document_id"]})["pages"])
print(f"{len(shown)} answers", *(f"{count} {what}" for what, count in counts.items()), sep=", ")
sys.exit(counts["breaches"] > 0)
