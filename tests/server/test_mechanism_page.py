"""The pages on how drugs act, and on the neighbours of a thing, as a reader without scripts gets them."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from tests.server.asking import MECHANISM, links, page, words


def test_mechanism_names_who_states_each_step_and_where(client: FlaskClient) -> None:
    html = page(client, MECHANISM)
    steps = re.findall(r"<li data-step=.*?</li>", html, flags=re.DOTALL)
    assert len(steps) > 10
    for step in steps:
        assert "/statement/" in step
        assert "/passage/" in step


def test_mechanism_says_the_net_effect_in_words(client: FlaskClient) -> None:
    assert "net effect: more DNA chain termination" in words(
        page(client, "/mechanism?drug=gemcitabine&target=DNA+chain+termination")
    )


def test_short_cuts_are_folded_under_the_longer_chain_and_drawn_only_on_request(client: FlaskClient) -> None:
    plain, full = page(client, MECHANISM), page(client, MECHANISM + "&shortcuts=true")
    assert "short cut" in words(plain)
    assert plain.count('class="edge ') < full.count('class="edge ')


def test_gaps_towards_one_thing_are_one_notice(client: FlaskClient) -> None:
    html = page(client, MECHANISM)
    assert html.count("<strong>Gap.</strong>") == 1
    assert "role-ghost" in html


def test_a_target_that_is_only_part_of_something_on_the_way_is_drawn_there(client: FlaskClient) -> None:
    """Cyclin D1 is a part of the complex that a chain ends near; nothing leads to cyclin D1 itself."""
    html = page(client, "/mechanism?drug=sirolimus&target=target:CCND1")
    assert set(re.findall(r'class="box role-(\w+)[^"]*" href="/entity/target:CCND1"', html)) == {"step"}
    assert 'href="#step-target-CCND1-complex-cdk4-cyclin-d1-partOfComplex"' in html


def test_what_sources_do_state_beside_a_gap_is_told_in_words(client: FlaskClient) -> None:
    told = words(page(client, "/mechanism?drug=gemcitabine&target=leiomyosarcoma"))
    assert "Sources do state, though not as a cause: gemcitabine is active in uterine leiomyosarcoma" in told


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("drug=docetaxel", "No source states a causal step from docetaxel. "),
        ("drug=docetaxel", "No sourced chain starts here."),
        ("target=leiomyosarcoma", "No source states a causal step that leads to leiomyosarcoma. From other treatments"),
        ("target=leiomyosarcoma", "No sourced chain leads here."),
        ("drug=imatinib&target=sunitinib", "No sourced chain leads from the one to the other."),
    ],
)
def test_a_question_that_no_chain_answers_is_told_what_is_missing(client: FlaskClient, asked: str, told: str) -> None:
    assert told in words(page(client, f"/mechanism?{asked}"))


def test_where_an_adverse_event_is_asked_for_those_who_had_it_come_first(client: FlaskClient) -> None:
    html = page(client, "/mechanism?drug=everolimus&target=stomatitis")
    told = words(html)
    assert told.index("Told of patients") < told.index("Gap.")
    assert "gastrointestinal stromal tumour, refractory to imatinib alone" in told
    assert "progression through the G1/S boundary" not in told
    assert "No sourced chain" not in told
    turtle = client.get("/mechanism?drug=everolimus&target=stomatitis&format=turtle").text
    assert "adverseEvent" in turtle


def test_what_was_looked_for_and_not_seen_is_marked(client: FlaskClient) -> None:
    told = words(page(client, "/mechanism?drug=rapamycin&target=rash"))
    assert "rash: none observed" in told
    assert "looked for, not seen" in told
    assert "looked for, not seen" not in words(page(client, "/mechanism?drug=everolimus&target=stomatitis"))


def test_two_drugs_together_show_where_they_meet_and_what_is_only_inferred(client: FlaskClient) -> None:
    told = words(page(client, "/mechanism?drug=rapamycin+%2B+gemcitabine&target=leiomyosarcoma"))
    assert "Inferred, stated by no source. Sirolimus holds cells in G1, and gemcitabine acts on cells in S" in told
    assert "How sources timed them" in told
    assert "sirolimus acts synergistically with gemcitabine" in told
    html = page(client, "/mechanism?drug=imatinib&drug=sunitinib&target=GIST")
    assert "Imatinib and sunitinib meet at KIT: both lower it." in words(html)
    assert "role-meeting-same" in html


def test_drugs_that_stand_for_their_classes_are_marked_as_inferred(client: FlaskClient) -> None:
    told = words(page(client, "/mechanism?drug=doxorubicin+%2B+imatinib"))
    assert "Inferred, stated by no source: doxorubicin belongs to the class cytotoxic drug" in told
    assert "signalling-directed drugs, for which imatinib stands" in told
    assert "stands" not in words(page(client, "/mechanism?drug=doxorubicin"))


def test_a_filter_that_hides_what_was_asked_for_is_named(client: FlaskClient) -> None:
    told = words(page(client, "/mechanism?drug=imatinib&target=KIT&effect=raises"))
    assert "More would be found, but only chains with the effect asked for are shown." in told
    assert "More would be found" not in words(page(client, "/mechanism?drug=imatinib&target=KIT"))


def test_a_step_says_in_whom_it_was_stated(client: FlaskClient) -> None:
    assert "inhibition of KIT increases survival of patients" in words(page(client, "/mechanism?drug=imatinib"))
    assert "(in GIST with activating KIT mutations)" in words(page(client, "/mechanism?drug=imatinib"))


def test_a_drawing_is_saved_as_a_file_that_stands_alone(client: FlaskClient) -> None:
    response = client.get(MECHANISM + "&format=svg")
    assert response.mimetype == "image/svg+xml"
    assert "attachment" in response.headers["Content-Disposition"]
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    root = ET.fromstring(response.text)
    assert "FKBP12" in " ".join("".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "href" not in response.text


def test_the_csv_of_the_steps_has_a_row_for_every_statement(client: FlaskClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(MECHANISM + "&format=csv").text)))
    assert {"sirolimus", "FKBP12"} <= {row["subject"] for row in rows}
    assert all(row["statement"].startswith("statement:") and row["passage"] for row in rows)


def test_expanding_is_one_answer_with_the_links_among_all_shown(client: FlaskClient) -> None:
    path = "/explore?format=json&node=target:KIT&node=drug:imatinib&expand=target:KIT&predicate=inhibits&direction=in"
    answer = client.get(path).get_json()
    added = {node["id"] for node in answer["nodes"]}
    assert "drug:sunitinib" in added
    assert "drug:imatinib" not in added
    shown = added | {"target:KIT", "drug:imatinib"}
    assert {end for edge in answer["edges"] for end in (edge["source"], edge["target"])} <= shown
    assert "drug:imatinib|inhibits|target:KIT|stated" in {edge["id"] for edge in answer["edges"]}


def test_a_mechanism_is_told_in_short_before_it_is_drawn(client: FlaskClient) -> None:
    html = page(client, MECHANISM)
    told = words(html[: html.index("<figure")])
    assert "Sirolimus binds FKBP12" in told
    assert re.search(r"This lowers .*progression through the G1/S boundary", told)
    assert "This raises DNA chain termination" not in told  # that is what gemcitabine does


def test_what_reaches_a_target_is_told_by_what_it_comes_to(client: FlaskClient) -> None:
    html = page(client, "/mechanism?target=KIT")
    assert re.search(r"Less KIT through .*imatinib", words(html[: html.index("<figure")]))


def test_a_mechanism_opens_with_what_its_chains_raise_and_lower_on_the_way(client: FlaskClient) -> None:
    html = page(client, "/mechanism?drug=rapamycin&target=leiomyosarcoma")
    lines = [words(line) for line in re.findall(r"<li>This (.*?)</li>", html, flags=re.DOTALL)]
    raised, lowered = (next(line for line in lines if line.startswith(verb)) for verb in ("raises", "lowers"))
    assert "cyclin D1 turnover" in raised
    assert "cell cycle arrest in G1" in raised
    assert lowered.index("mTOR") < lowered.index("progression through the G1/S boundary")
    assert "mTOR" not in raised


def test_those_of_whom_an_adverse_event_is_told_are_named_once(client: FlaskClient) -> None:
    html = page(client, "/mechanism?drug=sirolimus&target=myelosuppression")
    section = html[html.index('id="sightings"') : html.index("</section>", html.index('id="sightings"'))]
    who = re.findall(r"<h3>(.*?)</h3>", section)
    assert len(who) == len(set(who)) == 2
    told = words(section)
    assert "Told of patients (8)" in told
    assert len(re.findall(r'href="/statement/', section)) == 8
    for name in who:
        assert told.count(name) == 1
    assert "during the first four cycles: anaemia" in told
    assert told.count("Rapamycin plus gemcitabine in metastatic leiomyosarcoma (case report)") == len(who)


def test_a_mechanism_says_in_plain_words_what_is_folded(client: FlaskClient) -> None:
    told = words(page(client, MECHANISM))
    assert re.search(
        r"\d+ chains of steps, each step stated by a source\. Folded under them: \d+ short cuts, which", told
    )
    assert "None of the chains reaches leiomyosarcoma." in told


def test_a_step_told_of_an_inhibition_says_what_less_of_the_one_does_to_the_other(client: FlaskClient) -> None:
    told = words(page(client, "/mechanism?drug=imatinib"))
    assert "inhibition of KIT increases survival of patients less KIT, more survival of patients (−)" in told
    assert "inhibition of KIT decreases burden of disease less KIT, less burden of disease (+)" in told
    assert "increases or causes (more of one, more of the other)" in told
    assert "decreases or prevents (more of one, less of the other)" in told


def test_a_mechanism_leads_on_to_what_came_of_giving_the_drugs(client: FlaskClient) -> None:
    alone = dict.fromkeys(links(page(client, MECHANISM)))
    assert {
        "/evidence?drug=rapamycin&histotype=leiomyosarcoma",
        "/explain?drug=rapamycin&histotype=leiomyosarcoma",
        "/questions/causes-of-resistance",
    } <= alone.keys()
    both = page(client, "/mechanism?drug=rapamycin&drug=gemcitabine")
    assert "/evidence?drug=rapamycin&drug=gemcitabine" in set(links(both))
    assert "What came of giving them together" in words(both)
    named = set(links(page(client, "/mechanism?drug=rapamycin+%2B+gemcitabine")))
    assert "/evidence?regimen=rapamycin+%2B+gemcitabine" in named
    for address in (each for each in (*alone, *named) if each.startswith(("/evidence?", "/explain?"))):
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize(
    ("drug", "given_as", "is_explained"),
    [
        ("AIM", "regimen=AIM", True),
        ("gemcitabine + docetaxel", "regimen=gemcitabine+%2B+docetaxel", True),
        ("mTOR inhibitor", "drug_class=mTOR+inhibitor", False),  # of a drug, or of a regimen
        ("radiotherapy", "drug=radiotherapy", False),
        ("mTOR inhibitor + gemcitabine", "", False),
    ],
)
def test_a_mechanism_leads_on_to_what_can_be_asked_of_a_regimen_a_class_or_a_procedure(
    client: FlaskClient, drug: str, given_as: str, is_explained: bool
) -> None:
    html = page(client, f"/mechanism?{urlencode({'drug': drug, 'target': 'leiomyosarcoma'})}")
    in_whom = f"{given_as}&histotype=leiomyosarcoma"
    questions = (f"/evidence?{in_whom}" if given_as else "", f"/explain?{in_whom}" if is_explained else "")
    onward = [href for href in links(html) if href.startswith(("/evidence?", "/explain?"))]
    assert onward == [*filter(None, questions)]
    assert [client.get(href).status_code for href in onward] == [200] * len(onward)


def test_a_regimen_leads_to_how_its_drugs_act(client: FlaskClient) -> None:
    there = set(links(page(client, "/entity/regimen:gemcitabine-sirolimus")))
    assert "/mechanism?drug=regimen:gemcitabine-sirolimus" in there
    found = set(links(page(client, "/search?q=why+would+rapamycin+plus+gemcitabine+work")))
    assert "/mechanism?drug=regimen:gemcitabine-sirolimus" in found


def test_the_words_on_lines_of_two_drugs_together_cover_neither_each_other_nor_a_thing(client: FlaskClient) -> None:
    html = page(client, "/mechanism?drug=rapamycin&drug=gemcitabine")
    drawing = html[html.index('class="picture" viewBox') :]
    drawing = drawing[: drawing.index("</svg>")]
    spots = re.findall(
        r'<g class="words[^"]*" transform="translate\(([-\d.]+),([-\d.]+)\)"(.*?)</g>', drawing, flags=re.DOTALL
    )
    labels = []
    for x, y, inside in spots:
        rects = re.findall(r'<rect x="-([\d.]+)" y="([-\d.]+)"', inside)
        half, tops = max(float(half) for half, _ in rects), [float(top) for _, top in rects]
        left, top = float(x) - half, float(y) + min(tops)
        labels.append((left, top, float(x) + half, float(y) + max(tops) + 12))
    things = [
        (float(x) - float(w), float(y) - float(h), float(x) + float(w), float(y) + float(h))
        for x, y, w, h in re.findall(
            r'<a class="node[^>]*translate\(([-\d.]+),([-\d.]+)\)"[^>]*>\s*<rect x="-([\d.]+)" y="-([\d.]+)"', drawing
        )
    ]
    assert len(labels) > 40
    assert len(things) > 20

    def covers(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
        return min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1

    assert not [(a, b) for place, a in enumerate(labels) for b in [*labels[:place], *things] if covers(a, b)]


def test_what_only_suppositions_lead_to_says_so_in_the_sum_and_at_a_glance(client: FlaskClient) -> None:
    asked = "/mechanism?drug=rapamycin&target=leiomyosarcoma"
    told, html = words(page(client, asked)), page(client, f"{asked}&certainty=hypothesised")
    wider = words(html)
    assert "each step stated by a source." in told
    assert "supposed" not in told
    assert re.search(
        r"each step stated by a source; \d+ of them run over a step that its source only supposes\.", wider
    )
    short = wider[wider.index("In short") : wider.index("Steps that sources only suppose (2)")]
    assert "Sirolimus strengthens cytotoxic drug supposed" in short
    assert "raises rapamycin-FKBP12 complex, cyclin D1 turnover, " in short
    assert asked in set(links(html))


@pytest.mark.parametrize("asked", [(), ("hedged",), ("hypothesised",), ("hedged", "hypothesised"), ("stated",)])
def test_the_form_asks_again_for_the_certainties_that_were_asked_for(
    client: FlaskClient, asked: tuple[str, ...]
) -> None:
    supposing = [each for each in asked if each != "stated"]  # what is stated counts unasked
    html = page(client, f"/mechanism?{urlencode({'drug': 'rapamycin', 'certainty': asked}, doseq=True)}")
    ticks = dict(re.findall(r'<input type="checkbox" name="certainty" value="(\w+)"( checked)?>', html))
    assert ticks.keys() == {"hedged", "hypothesised"}
    assert [value for value, checked in ticks.items() if checked] == supposing
    assert ('id="supposed"' in html) is bool(supposing)


def test_sections_that_tell_of_one_schedule_are_named_once_and_numbered(client: FlaskClient) -> None:
    told = words(page(client, "/mechanism?drug=rapamycin&drug=gemcitabine"))
    assert "one patient, whole course · Clinical observation, 2, 3" in told
    assert "Clinical observation · Clinical observation" not in told


@pytest.mark.parametrize(
    "path",
    [
        "/mechanism?drug=gemcitabine",
        "/mechanism?drug=rapamycin",
        "/mechanism?drug=mTOR+inhibitor&target=leiomyosarcoma",
        "/explain?drug=imatinib&histotype=GIST",
        "/explain?drug=gemcitabine&histotype=GIST",
        "/explain?drug=rapamycin&histotype=leiomyosarcoma",
    ],
)
def test_each_arrow_of_a_drawing_leads_to_its_step_also_without_a_script(client: FlaskClient, path: str) -> None:
    html = page(client, path)
    arrows = set(re.findall(r'href="#(step-[^"]+)"', html))
    places = re.findall(r' id="([^"]*)"', html)
    assert arrows
    assert arrows <= set(places)
    assert len(places) == len(set(places))


def test_a_class_is_shown_with_the_drugs_that_were_asked_about_for_it(client: FlaskClient) -> None:
    told = words(page(client, "/mechanism?drug=taxane&target=leiomyosarcoma"))
    assert "How taxanes act on leiomyosarcoma" in told
    assert "Also each taxane by itself: docetaxel" in told


def test_a_failed_drug_is_told_beside_the_chain_that_promises_more(client: FlaskClient) -> None:
    html = page(client, "/mechanism?drug=olaratumab&target=survival+of+patients")
    notice = next(each for each in re.findall(r'<p class="notice">.*?</p>', html) if "speaks against" in each)
    assert "against it: olaratumab is inactive in soft tissue sarcoma" in words(notice)
    assert "/statement/" in notice
