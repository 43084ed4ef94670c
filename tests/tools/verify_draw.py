#!/usr/bin/env python3
"""Verifies receipts, voids and (--slip) slips of rollcall-draw/1 with the standard library, without the beacon's signature.
A line a file: what holds, or the first place that does not. Exit 0, 1 refuted, 2 unreadable. Shares no code with Rollcall."""
import argparse, datetime, hashlib, json, re, sys, unicodedata

GENESIS, EVERY, PICKS, GREATEST, FORMAT = 1692803367, 3, 1_000_000, 2**53 - 1, "rollcall-draw/1"
class Fault(Exception):
    def __init__(self, place, why, code):
        self.place, self.why, self.code = place or "the text", why, code
def refute(holds, place, why, code=1):
    if not holds:
        raise Fault(place, why, code)
form = lambda holds, place, why: refute(holds, place, why, 2)
H = lambda *parts: hashlib.sha256(b"".join(parts)).digest()
labelled = lambda kind, *parts: H(f"{FORMAT} {kind}".encode(), b"\0", *parts)
u64 = lambda number: number.to_bytes(8, "big")
lp = lambda data: u64(len(data)) + data

def parse(place, data):
    refused = lambda _: form(False, place, "expected whole numbers from 0 to 2^53 - 1")
    whole = lambda digits: int(digits) if len(digits) < 20 and 0 <= int(digits) <= GREATEST else refused(digits)
    try:
        text = data if isinstance(data, str) else data.decode()
        value = json.loads(text, parse_int=whole, parse_float=refused, parse_constant=refused)
    except (ValueError, RecursionError) as error:
        raise Fault(place, f"no JSON: {error}", 2)
    again = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    form(again == text, place, "not in the form of RFC 8785")
    return value
# The forms of values: each takes a value and its place.
needs = lambda test, why: lambda value, place: form(test(value), place, f"expected {why}")
word = lambda *words: needs(lambda v: v in words, f"one of {words}")
number = lambda least=0: needs(lambda v: type(v) is int and v >= least, f"a whole number from {least} on")
matches = lambda pattern, why: needs(lambda v: isinstance(v, str) and re.fullmatch(pattern, v), why)
hexed = lambda least, most: matches("([0-9a-f]{2}){%d,%d}" % (least, most), f"{least} to {most} bytes in hex")
either = lambda null, shape: word(None) if null else shape
maybe = lambda shape: lambda value, place: value is None or shape(value, place)

def items(shape, least=0):
    def check(value, place):
        form(isinstance(value, list) and len(value) >= least, place, f"expected {least} items at least")
        for i, item in enumerate(value):
            shape(item, f"{place}.{i}")
    return check
def members(**shapes):
    def check(value, place):
        form(isinstance(value, dict) and sorted(value) == sorted(shapes), place, f"expected {sorted(shapes)}")
        for name, shape in shapes.items():
            shape(value[name], f"{place}.{name}" if place else name)
    return check
def seconds(value, place):
    matches("[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z", "an instant")(value, place)
    try:
        return int(datetime.datetime(*map(int, re.findall("[0-9]+", value)), tzinfo=datetime.timezone.utc).timestamp())
    except ValueError as error:
        raise Fault(place, f"no instant: {error}", 2)
text = needs(lambda v: isinstance(v, str) and unicodedata.is_normalized("NFC", v), "text in NFC")
uuid = matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "a UUID")
day = lambda value, place: seconds(f"{value}T00:00:00Z", place)
hash32, proof, PRIZE = hexed(32, 32), items(hexed(32, 32)), members(name=text, number=number(1))
PICK = {"outcome": text, "pick": number()}
EVENTS = {"rejected": PICK, "passed": PICK | {"ticket": number()}, "declined": {"at": seconds, "declined": number()},
          "won": PICK | {"prize": number(), "ticket": number()}}
def event(value, place):
    form(isinstance(value, dict), place, "no event")
    kind = "declined" if "declined" in value else value.get("outcome")
    form(isinstance(kind, str) and kind in EVENTS, place, "no event")
    members(**EVENTS[kind])(value, place)
def shown(tickets, place):
    form(isinstance(tickets, dict), place, "no object")
    for name in tickets:
        form(re.fullmatch("0|[1-9][0-9]{0,18}", name), f"{place}.{name}", "no ticket's number")
        members(holder=hash32, proof=proof, salt=hash32)(tickets[name], f"{place}.{name}")

def read_opening(published):
    o = parse("opening", published)
    beacon = isinstance(o, dict) and o.get("mode") == "beacon"
    party = either(beacon, hash32)
    members(format=word(FORMAT), mode=word("beacon", "two secrets"),
            commitments=members(entries_key=hash32, governor=party, trust=party), chain=word("quicknet", "test") if beacon else word(None),
            wait_seconds=number(3600), id=uuid, title=text, school=text, period=text, policy=text,
            policy_version=number(), rule=text, prizes=items(PRIZE, 1), redraws=number(), opened_at=seconds)(o, "opening")
    return o
def noted(freeze, options):
    refute(None in (freeze, options.noted) or options.noted == H(freeze.encode()).hex(), "freeze", "not what was noted")
def read_freeze(published):
    f = parse("freeze", published)
    members(frozen_at=seconds, holders=number(), id=uuid, opening=hash32, root=hash32, round=maybe(number()),
            tickets=number())(f, "freeze")
    refute(f["holders"] <= f["tickets"] and bool(f["holders"]) == bool(f["tickets"]), "freeze.holders", "too many, or none")
    refute(f["tickets"] or f["root"] == H().hex(), "freeze.root", "not the root of nothing")
    return f
def frozen(opening, freeze):
    o, f = read_opening(opening), read_freeze(freeze)
    refute(f["id"] == o["id"], "freeze.id", "another draw")
    refute(f["opening"] == H(opening.encode()).hex(), "freeze.opening", "another opening")
    at = seconds(f["frozen_at"], "")
    refute(at >= seconds(o["opened_at"], ""), "freeze.frozen_at", "before the opening")
    first = max(0, -((GENESIS - at - o["wait_seconds"]) // EVERY)) + 1 if o["mode"] == "beacon" else None
    refute(f["round"] == first, "freeze.round", f"the first round is {first}")
    return o, f
def under(f, place, i, salt, holder, path):
    """RFC 9162, 2.1.3.2."""
    refute(i < f["tickets"], place, "no such ticket")
    fn, sn, r = i, f["tickets"] - 1, H(b"\0", bytes.fromhex(salt), u64(i), holder)
    for p in map(bytes.fromhex, path):
        refute(sn, f"{place}.proof", "too long")
        left = fn & 1 or fn == sn
        r = H(b"\1", p, r) if left else H(b"\1", r, p)
        while left and fn and not fn & 1:
            fn, sn = fn >> 1, sn >> 1
        fn, sn = fn >> 1, sn >> 1
    refute(sn == 0 and r.hex() == f["root"], f"{place}.proof", "not under the root")
def seed_of(r, o, f):
    secret = {party: bytes.fromhex(r["opened"][party] or "") for party in ["trust", "governor"]}
    for party in secret if o["mode"] == "two secrets" else []:
        refute(labelled("commit", secret[party]).hex() == o["commitments"][party], f"opened.{party}", "another secret")
    randomness = labelled("test beacon", u64(f["round"])) if o["chain"] == "test" else b""
    randomness = H(bytes.fromhex(r["opened"]["signature"])) if o["chain"] == "quicknet" else randomness
    fixed = H(r["opening"].encode()) + H(r["freeze"].encode())
    return labelled("seed", fixed, lp(secret["trust"]), lp(secret["governor"]), lp(randomness))
def replay(r, o, f, seed):
    free = [i for i, prize in enumerate(o["prizes"]) for _ in range(min(prize["number"], PICKS))]
    j, redraws, over, served, has, n = 0, o["redraws"], False, set(), {}, f["tickets"]
    going = lambda: free and not over and len(served) < f["holders"] and j < PICKS
    for at, e in enumerate(r["events"]):
        at = f"events.{at}"
        if "declined" in e:
            refute(not going() and e["declined"] in has, f"{at}.declined", "nothing to decline, or picking goes on")
            prize, over, redraws = has.pop(e["declined"]), over or redraws == 0, redraws - 1
            free = free if over else sorted(free + [prize])
            continue
        refute(going(), at, "goes on")
        x = int.from_bytes(labelled("pick", seed, u64(j))[:8], "big")
        i, own = x % n, {"pick": j, "outcome": "rejected"}
        if x < n * (2**64 // n):
            refute(str(i) in r["tickets"], f"tickets.{i}", "not shown")
            holder = r["tickets"][str(i)]["holder"]
            own |= {"ticket": i, "outcome": "passed" if holder in served else "won"}
            if holder not in served:
                has[i] = own["prize"] = free.pop(0)
            served.add(holder)
        j += 1
        for name in ["pick", "outcome", "ticket", "prize"]:
            refute(e.get(name) == own.get(name), f"{at}.{name}", f"it is {own.get(name)}")
    refute(not going(), "events", "stops early")
def receipt(r, options):
    members(format=word(FORMAT), drawn_at=seconds, events=items(event), tickets=shown, opening=text, freeze=text,
            opened=maybe(lambda *_: None))(r, "")
    o, f = frozen(r["opening"], r["freeze"])
    beacon, names = o["mode"] == "beacon", sorted(r["tickets"], key=int)
    members(governor=either(beacon, hexed(16, 64)), trust=either(beacon, hash32),
            signature=either(o["chain"] != "quicknet", hexed(48, 48)))(r["opened"], "opened")
    refute(o["chain"] != "test" or options.test_beacon, "opening.chain", "a sandbox's draw")
    noted(r["freeze"], options)
    seed = seed_of(r, o, f)
    for name in names:
        t = r["tickets"][name]
        under(f, f"tickets.{name}", int(name), t["salt"], bytes.fromhex(t["holder"]), t["proof"])
    replay(r, o, f, seed)
    named = {str(e.get("ticket", e.get("declined"))) for e in r["events"]}
    for name in names:
        refute(name in named, f"tickets.{name}", "no event names it")
    doubts = {"the time of the freeze is not proven": not options.noted, "the beacon's signature was not checked": beacon}
    return "consistent: " + "; ".join(filter(doubts.get, doubts)) if any(doubts.values()) else "verified"
def void(r, options):
    members(format=word(FORMAT), void=members(at=seconds, why=text), opening=text, freeze=maybe(text))(r, "")
    read_opening(r["opening"]) if r["freeze"] is None else frozen(r["opening"], r["freeze"])
    noted(r["freeze"], options)
    return "void: " + r["void"]["why"]
def slip(s, options):
    members(format=word(FORMAT + " slip"), blind=hash32, freeze=text, opening=hash32,
            holder_text=members(birth_date=day, forename=text, surname=text),
            tickets=items(members(number=number(), proof=proof, salt=hash32), 1))(s, "")
    numbers = [t["number"] for t in s["tickets"]]
    for i, (one, after) in enumerate(zip(numbers, numbers[1:]), 1):
        form(one < after, f"tickets.{i}.number", "not in order")
    f = read_freeze(s["freeze"])
    refute(f["opening"] == s["opening"], "opening", "the freeze follows another opening")
    noted(s["freeze"], options)
    own = "\x1f".join(s["holder_text"][part] for part in ["surname", "forename", "birth_date"])
    holder = labelled("holder", bytes.fromhex(s["blind"]), lp(own.encode()))
    for i, t in enumerate(s["tickets"]):
        under(f, f"tickets.{i}", t["number"], t["salt"], holder, t["proof"])
    return "in: tickets " + ", ".join(map(str, numbers))
def verify(path, options):
    with open(path, "rb") as file:
        value = parse("slip" if options.slip else "receipt", file.read())
    return (slip if options.slip else void if isinstance(value, dict) and "void" in value else receipt)(value, options)
parser, worst = argparse.ArgumentParser(), 0
parser.add_argument("files", nargs="+"), parser.add_argument("--noted")
parser.add_argument("--slip", action="store_true"), parser.add_argument("--test-beacon", action="store_true")
options = parser.parse_args()
for path in options.files:
    try:
        print(verify(path, options))
    except Fault as fault:
        print(["refuted", "unreadable"][fault.code - 1], f"{fault.place}: {fault.why}", sep=" at ")
        worst = max(worst, fault.code)
sys.exit(worst)
