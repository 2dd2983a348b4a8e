"""The pages of evidence, comparisons and cases as a reader without scripts gets them: which figure is told of whom."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from server.wording import count_of
from tests.server.asking import ask, links, page, words


def test_evidence_shows_the_definition_beside_the_figure(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?drug=temsirolimus"))
    assert "53%" in told
    assert "stable disease or better for 60 days" in told


def test_evidence_without_results_says_that_this_is_not_no_effect(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?drug=regorafenib&histotype=liposarcoma"))
    assert "Nothing found." in told
    assert "not evidence of no effect" in told


def test_evidence_filters_can_be_dropped_one_by_one(client: FlaskClient) -> None:
    html = page(client, "/evidence?drug=temsirolimus&measure=response+rate")
    assert 'href="/evidence?drug=temsirolimus"' in html
    assert 'aria-label="Remove drug temsirolimus"' in html


def test_identifiers_of_an_address_stand_by_their_names_in_the_form_and_the_filters(client: FlaskClient) -> None:
    html = page(client, "/evidence?after=drug:doxorubicin&histotype=histotype:uterine-leiomyosarcoma")
    assert 'name="after" value="doxorubicin"' in html
    assert 'name="histotype" value="uterine leiomyosarcoma"' in html
    assert 'aria-label="Remove after doxorubicin"' in html
    both = page(client, "/mechanism?drug=drug:sirolimus&drug=drug:gemcitabine")
    assert 'name="drug" value="sirolimus + gemcitabine"' in both


def test_a_name_that_several_things_bear_does_not_replace_an_identifier_in_the_form(client: FlaskClient) -> None:
    html = page(client, "/evidence?regimen=regimen:doxorubicin-1970s-ref1-doxorubicin")
    assert 'name="regimen" value="regimen:doxorubicin-1970s-ref1-doxorubicin"' in html


def test_adverse_events_of_a_grade_are_asked_for_in_the_form_and_not_pooled(client: FlaskClient) -> None:
    html = page(client, "/evidence?drug=gemcitabine&adverse_event=myelosuppression&min_grade=3")
    assert 'name="adverse_event" value="myelosuppression"' in html
    assert "5 patients" in words(html)
    assert "the grade, told as excessive" in words(html)
    assert "Not pooled" not in words(html)


def test_randomised_trials_against_placebo_are_asked_for_in_the_form(client: FlaskClient) -> None:
    html = page(client, "/evidence?comparator=placebo&blinding=placebo-controlled&randomised=yes")
    assert "<option selected>placebo-controlled</option>" in html
    assert "olaratumab" in words(html)
    assert "whether it is randomised" in words(html)


def test_rates_are_plotted_with_intervals_and_stand_in_the_table_too(client: FlaskClient) -> None:
    html = page(client, "/evidence?drug=temsirolimus")
    plots = re.findall(r"<svg[^>]*class=\"plot\".*?</svg>", html, flags=re.DOTALL)
    assert plots
    for target in re.findall(r'href="#(row-[^"]+)"', "".join(plots)):
        assert f'id="{target}"' in html


def test_a_case_is_told_in_order_and_plotted(client: FlaskClient) -> None:
    html = page(client, "/cases/patient:003-2")
    told = words(html[html.index('class="timeline"') :])
    places = [told.index(name) for name in ("neoadjuvant", "pazopanib", "trabectedin", "maintenance", "regorafenib")]
    assert places == sorted(places)
    rows = re.findall(r'<a class="row" href="#([^"]+)"', html)
    assert rows
    for target in rows:
        assert f'id="{target}"' in html


def test_the_csv_of_the_evidence_has_every_row(client: FlaskClient) -> None:
    answer = client.get("/api/v1/evidence?drug=temsirolimus").get_json()
    rows = list(csv.DictReader(io.StringIO(client.get("/evidence?drug=temsirolimus&format=csv").text)))
    assert len(rows) == answer["total"]
    assert "53%" in {row["value_text"] for row in rows}
    for row, item in zip(rows, answer["items"], strict=True):
        same = row.keys() & item.keys() - {"flags", "documents", "passages", "published"}
        said = {name: item[name]["label"] if isinstance(item[name], dict) else item[name] for name in same}
        assert {name: row[name] for name in same} == {
            name: "" if value is None else str(value) for name, value in said.items()
        }
        assert row["published"] == "; ".join(map(str, item["published"]))
        assert (row["histotypes"] == "") == (not (item["population"] or {}).get("histotypes"))


def test_ranges_of_doses_and_shared_patients_are_told_on_pages_and_in_tables(client: FlaskClient) -> None:
    doses = client.get("/evidence?study=study:imatinib-dfsp-ref54&format=csv").text
    assert {row["dose_ranges"] for row in csv.DictReader(io.StringIO(doses))} == {"imatinib 400 to 800 mg"}
    (arm,) = csv.DictReader(io.StringIO(client.get("/study/study:imatinib-dfsp-ref54?format=csv").text))
    assert (arm["dose_low"], arm["dose_high"], arm["dose_unit"]) == ("400", "800", "mg")
    european, american = "study:imatinib-dose-eortc-isg-agitg-ref47", "study:imatinib-dose-north-american-ref48"
    for address in (f"/study/{european}", f"/evidence?study={european}"):
        assert "No group of its own: takes together" in page(client, address)
    for address in (f"/study/{american}", f"/evidence?study={american}"):
        assert "All its patients are also counted in" in page(client, address)
        table = csv.DictReader(io.StringIO(client.get(f"{address}{'&' if '?' in address else '?'}format=csv").text))
        assert "imatinib 400 mg" in {row.get("within") or row.get("arm_within") for row in table}


def test_a_gap_map_cell_leads_to_its_results(client: FlaskClient) -> None:
    html = page(client, "/gaps?rows=imatinib&columns=GIST")
    href = next(href for href in links(html) if href.startswith("/evidence?drug=drug:imatinib"))
    assert "imatinib" in words(page(client, href))


def test_a_comparison_sets_one_study_apart_from_several(client: FlaskClient) -> None:
    told = words(page(client, "/compare?a=gemcitabine&b=gemcitabine+%2B+docetaxel"))
    assert "Within one study (" in told
    assert "come from different studies" in told


def test_what_was_not_done_or_not_found_is_said_once(client: FlaskClient) -> None:
    told = words(page(client, "/cases/patient:004-retroperitoneal"))
    assert "preoperative radiotherapy not given" in told
    assert "no haematuria" in told
    assert "not given not done" not in told
    assert "not found" not in told
    assert "did not occur" not in told


def test_a_case_tells_grade_stage_result_and_remark_and_each_unit_once(client: FlaskClient) -> None:
    transplant = words(page(client, "/cases/patient:000-transplant"))
    assert "Grade intermediate Stage T2N0M0" in transplant
    assert "Marker KIT Result negative" in transplant
    retroperitoneal = words(page(client, "/cases/patient:004-retroperitoneal"))
    assert "Size 22 × 14 × 23 cm before, 8 × 8 × 13 cm after 5 cycles Value PR, 64%" in retroperitoneal
    assert "30 cm in diameter cm" not in retroperitoneal
    assert "after 5 cycles %" not in retroperitoneal


def test_a_regimen_is_listed_with_what_its_groups_reached_in_the_very_disease(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?histotype=uterine+leiomyosarcoma"))
    # 5 of 11 had a uterine leiomyosarcoma; 15.5% is of all 45 sarcomas of that arm, and not said of the disease.
    assert "temozolomide monotherapy 1 study for objective response rate 45.5% of 11" in told
    pooled = r"gemcitabine monotherapy [^%]* objective response rate 18% of 39, 5.5% of 18, histotypes pooled"
    assert re.search(pooled, told)
    # Of how many the 58% are nobody says, so what the 34 had of whom 85% had it stands beside it.
    unsure = "objective response rate 58% (n not told); objective response rate 53% of 34, histotypes pooled; "
    assert unsure + "response rate 50% of 16" in told


def test_a_regimen_is_listed_with_the_figures_of_the_very_disease_under_either_name_of_a_response(
    client: FlaskClient,
) -> None:
    told = words(page(client, "/evidence?histotype=leiomyosarcoma"))
    # Of the EORTC arm only "approximately 10%" of all histotypes is known; 4 of 14 had the disease.
    alone = "response rate 29% of 14; objective response rate about 10% (n not told), histotypes pooled"
    together = "objective response rate 53% of 34, 58% (n not told); response rate 24% (n not told)"
    assert re.search(rf"doxorubicin monotherapy [^%]*? {re.escape(alone)}", told)
    assert re.search(rf"gemcitabine \+ docetaxel [^%]*? {re.escape(together)}", told)


def test_what_one_patient_had_does_not_stand_beside_what_groups_had(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?histotype=sarcoma"))
    groups = re.search(r"doxorubicin \+ ifosfamide 2 studies for(?P<told>.*?)gemcitabine monotherapy", told)
    assert groups
    assert "36% of 42" in groups["told"]
    assert "n = 1)" not in groups["told"]


def test_a_figure_that_its_source_only_gives_roughly_stays_so(client: FlaskClient) -> None:
    assert "disease control about 80% (n not told)" in words(page(client, "/evidence?drug=sunitinib"))


def test_the_line_and_genotype_of_a_part_of_an_arm_are_not_told_of_the_arm(client: FlaskClient) -> None:
    by_line = words(page(client, "/evidence?drug=doxorubicin&histotype=liposarcoma"))
    assert "43 patients; sarcoma; line: first or second; metastatic" in by_line
    by_genotype = words(page(client, "/evidence?drug=sunitinib"))
    assert "exon 9 KIT mutation or no detectable KIT mutation" in by_genotype
    assert "genotype: exon 11 KIT mutation" not in by_genotype


def test_a_difference_is_told_where_no_comparator_is_named(client: FlaskClient) -> None:
    """By genotype sunitinib did the reverse of imatinib, and the source prints no time."""
    told = words(page(client, "/evidence?drug=sunitinib"))
    assert re.search(r"time to progression worse \(significant\)[^%]{0,250} exon 11 KIT mutation", told)
    assert re.search(r"time to progression better \(significant\)[^%]{0,250} exon 9 KIT mutation", told)
    assert "hazard ratio, 0.49, better than placebo (significant)" in told


def test_another_dose_that_did_no_better_is_not_said_to_have_failed(client: FlaskClient) -> None:
    html = page(client, "/evidence?study=study:imatinib-dose-eortc-isg-agitg-ref47")
    told = words(html)
    assert "86%, no difference from imatinib 400 mg once daily" in told
    assert "no difference from imatinib 400 mg once daily (significance not reported)" in told
    assert "not better" in told
    assert "did not work" not in told


def test_what_a_result_remarks_stands_beside_it(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?drug=trabectedin&histotype=synovial+sarcoma"))
    beside = "reversible transaminitis Said of both trials in refractory"
    assert f"raised transaminases occurred; how often is not told {beside}" in told
    told = words(page(client, "/evidence?study=study:gemcitabine-docetaxel-lms-ref34"))
    assert "baseline characteristic Sixteen of 34 Had had doxorubicin before, with or without ifosfamide." in told


def test_how_a_regimen_is_borne_stands_beside_what_it_reached_the_worst_first(client: FlaskClient) -> None:
    told = words(page(client, "/entity/regimen:docetaxel-gemcitabine"))
    assert re.search(
        r"how borne: toxicity of any kind, treatment discontinuation \(higher than gemcitabine 1200 mg/m2[^)]*"
        r"\(significant, P < \.01\)\); diarrhoea, fatigue",
        told.replace("&lt;", "<"),
    )
    temozolomide = words(page(client, "/evidence?regimen=temozolomide&histotype=uterine+leiomyosarcoma"))
    assert "how borne: not told here" in temozolomide


def test_a_grade_is_said_once(client: FlaskClient) -> None:
    told = words(page(client, "/entity/event:neutropenia"))
    assert "neutropenia grade 4 in the first cycle a single patient" in told
    assert "severe major toxicity of 29" in told
    assert "grade severe" not in told


def test_that_sources_disagree_is_said_before_what_worked(client: FlaskClient) -> None:
    html = page(client, "/evidence?histotype=uterine+leiomyosarcoma&after=doxorubicin")
    warned = html.index("Sources disagree on")
    assert html.index('id="verdicts"') < warned < html.index("Worked, by what studies state")
    assert 'href="#conflicts">response rate of gemcitabine plus docetaxel in leiomyosarcoma' in html[warned:]
    assert 'id="conflicts"' in html[warned:]
    of_drug = page(client, "/entity/drug:gemcitabine")
    assert of_drug.index('href="/evidence?drug=drug:gemcitabine#conflicts"') < of_drug.index("Worked, by what studies")
    many = words(page(client, "/evidence?drug=gemcitabine"))
    assert re.search(r"Sources disagree on [^.;]+; [^.;]+; [^.;]+; and on \d+ more", many)
    assert "Sources disagree on" not in page(client, "/evidence?regimen=temozolomide&histotype=uterine+leiomyosarcoma")


def test_up_to_four_regimens_are_compared_each_in_short_and_every_pair_of_them(client: FlaskClient) -> None:
    asked = "a=gemcitabine+%2B+docetaxel&b=gemcitabine&c=doxorubicin"
    html = page(client, f"/compare?{asked}")
    told = words(html)
    assert "gemcitabine + docetaxel, gemcitabine or doxorubicin" in told
    brief = told[told.index("In short") : told.index("within one study")]
    assert all(f"{name} " in brief for name in ("gemcitabine monotherapy", "doxorubicin monotherapy"))
    assert "objective response rate 15.6% of 281" in brief
    assert "gemcitabine + docetaxel or gemcitabine, within one study (4)" in told
    apart = told[told.index("Not within one study") :]
    assert "No study of this graph compares gemcitabine with doxorubicin directly." in apart
    assert "/compare?a=gemcitabine&b=doxorubicin" in set(links(html))
    lines = list(csv.DictReader(io.StringIO(client.get(f"/compare?{asked}&format=csv").text)))
    pairs = {(line["a"], line["b"]) for line in lines}
    assert pairs == {
        ("gemcitabine + docetaxel", "gemcitabine"),
        ("gemcitabine + docetaxel", "doxorubicin"),
        ("gemcitabine", "doxorubicin"),
    }


def test_a_third_regimen_that_nobody_knows_is_named_as_the_third(client: FlaskClient) -> None:
    assert ask(client, "/compare?a=gemcitabine&b=doxorubicin&c=nonsensium", 404)["parameter"] == "c"
    told = words(page(client, "/compare?a=gemcitabine&b=doxorubicin&c=gemcitabine", 400))
    assert "does not fit the third treatment" in told


def test_a_page_that_shows_every_pair_refuses_a_limit(client: FlaskClient) -> None:
    assert client.get("/compare?a=gemcitabine&b=docetaxel&limit=3").status_code == 400
    assert client.get("/api/v1/evidence/compare?a=gemcitabine&b=docetaxel&limit=3").status_code == 200


def test_a_comparison_names_the_results_that_stand_in_no_pair(client: FlaskClient) -> None:
    page = client.get("/compare?a=sunitinib&b=imatinib").get_data(as_text=True)
    assert "Told of one of them only" in page
    assert "no number to set against another: not yet reached" in page
    table = client.get("/compare?a=sunitinib&b=imatinib&format=csv").get_data(as_text=True).splitlines()
    assert {len(row) for row in csv.reader(table)} == {len(next(csv.reader(table)))}
    assert any(row.startswith("no pair,") for row in table)


def test_results_that_a_filter_cannot_judge_are_named(client: FlaskClient) -> None:
    page = client.get("/evidence?drug=doxorubicin&min_n=50").get_data(as_text=True)
    assert "more results may belong here" in page
    assert "not stated: how many people it is of" in page
    assert "may belong here" not in client.get("/evidence?drug=doxorubicin").get_data(as_text=True)


def test_the_form_asks_for_what_had_been_given_before(client: FlaskClient) -> None:
    html = page(client, "/evidence?after=imatinib&histotype=GIST")
    told = words(html)
    assert "What was tried in GIST after imatinib" in told
    folded = html[html.index('<details class="more"><summary>More filters (1 set)') :]
    assert 'name="after" value="imatinib"' in folded[: folded.index("</form>")]
    assert "after: imatinib ×" in told
    assert 'href="/evidence?histotype=GIST" aria-label="Remove after imatinib"' in html
    assert "sunitinib" in told
    assert "Phase II study of first-line imatinib" not in told


def test_a_share_that_counts_stable_disease_says_so_wherever_it_stands(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?drug=temsirolimus"))
    assert "temsirolimus + liposomal doxorubicin response rate 53% of 15 (stable disease or better for 60 days)" in told


def test_a_difference_that_did_not_hold_in_a_second_analysis_is_not_told_as_significant_alone(
    client: FlaskClient,
) -> None:
    told = words(page(client, "/compare?a=MAID&b=doxorubicin+%2B+DTIC"))
    assert re.search(r"favours doxorubicin \+ DTIC, significant .{0,20}Not statistically significant by multi", told)


def test_a_flagged_figure_is_marked_in_every_comparison_and_gives_no_direction(client: FlaskClient) -> None:
    told = words(page(client, "/compare?a=pazopanib&b=placebo"))
    assert re.search(r"0\.20-0\.40\) leiomyosarcoma Flagged: implausible value source", told)
    assert told.count("favours pazopanib") == told.count("no direction taken from what is flagged") == 1
    lines = list(csv.DictReader(io.StringIO(client.get("/compare?a=pazopanib&b=placebo&format=csv").text)))
    direct = {line["subgroup"]: (line["flags_a"], line["favours"]) for line in lines if line["within"] == "one study"}
    assert direct == {"": ("", "pazopanib"), "leiomyosarcoma": ("implausible-value", "")}


def test_studies_of_groups_stand_before_single_patients(client: FlaskClient) -> None:
    html = page(client, "/evidence?drug=pazopanib&histotype=leiomyosarcoma")
    headings = re.findall(r'<h2 id="study-\d+">(.*?)</h2>', html, re.DOTALL)
    assert "Pazopanib against placebo" in headings[0]
    assert "Gemcitabine maintenance therapy in three patients" in headings[-1]


def test_a_formulation_that_is_a_drug_of_its_own_is_named_beside_the_drug_it_is_named_after(
    client: FlaskClient,
) -> None:
    compared = page(client, "/compare?a=liposomal+doxorubicin&b=doxorubicin")
    assert "Drugs of their own, not counted here: pegylated liposomal doxorubicin" in words(compared)
    assert 'href="/compare?b=doxorubicin&amp;a=drug%3Apegylated-liposomal-doxorubicin"' in compared
    given = words(page(client, "/evidence?drug=doxorubicin&histotype=leiomyosarcoma"))
    assert re.search("not counted here: liposomal doxorubicin ?, pegylated liposomal doxorubicin", given)
    assert "Drugs of their own" not in words(page(client, "/evidence?drug=imatinib"))


def test_the_figure_of_a_regimen_is_not_that_of_a_genotype_or_of_those_that_crossed_over(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?drug=imatinib&histotype=GIST"))
    assert re.search(r"imatinib monotherapy 1 study for partial response 47% of 946, 54% \(n not told\) ", told)


def test_a_regimen_has_the_figures_of_all_that_goes_by_its_drugs_whatever_they_are_called(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?drug=ifosfamide"))
    assert re.search(r"doxorubicin \+ ifosfamide 2 studies for[^%]*objective response rate 36% of 42", told)
    assert re.search(r"doxorubicin \+ ifosfamide \+ dacarbazine [^%]*objective response rate 47% of 105", told)


def test_one_patient_is_one_patient(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?drug=sirolimus"))
    assert "1 patient; leiomyosarcoma; metastatic" in told
    assert "1 patients" not in told


def test_a_comparison_tells_what_sources_say_in_words_and_how_both_are_borne(client: FlaskClient) -> None:
    html = page(client, "/compare?a=nilotinib&b=imatinib")
    told = words(html)
    assert "What sources compare without a figure Nilotinib, comparison: Nilotinib has not shown" in told
    assert 'href="/passage/' in html[html.index('id="words"') : html.index('id="borne"')]
    assert "gave both" not in told
    borne = words(page(client, "/compare?a=pegylated+liposomal+doxorubicin&b=doxorubicin"))
    assert re.search(
        r"palmar-plantar dysaesthesia more common, higher than [^%]{100,400}? "
        r"only told as what the other is compared with favours doxorubicin",
        borne,
    )
    nothing = words(page(client, "/compare?a=regorafenib&b=larotrectinib"))
    assert "That does not mean that there are no side effects." in nothing
    assert "How they are borne" not in words(page(client, "/compare?a=nilotinib&b=imatinib&measure=response+rate"))


def test_the_csv_of_a_comparison_has_side_effects_and_words(client: FlaskClient) -> None:
    asked = "a=pegylated+liposomal+doxorubicin&b=doxorubicin"
    rows = list(csv.DictReader(io.StringIO(client.get(f"/compare?{asked}&format=csv").text)))
    borne = {row["measure"]: (row["result_a"], row["favours"]) for row in rows if row["within"] == "how borne"}
    assert len(borne) == 4
    assert borne["alopecia"][0].startswith("less frequent and less severe, lower than")
    assert borne["alopecia"][1] == "pegylated liposomal doxorubicin"
    told = client.get("/compare?a=nilotinib&b=imatinib&format=csv").text
    (said,) = (row for row in csv.DictReader(io.StringIO(told)) if row["within"] == "words")
    assert said["measure"] == "comparison"
    assert "degree of success" in said["note"]


def test_tumours_that_sources_call_sarcomas_are_named_where_they_are_not_counted(client: FlaskClient) -> None:
    html = page(client, "/evidence?histotype=sarcoma&drug=imatinib")
    told = re.search(r"Not counted here: .*? (\d+) results in gastrointestinal stromal tumour", words(html))
    assert told
    lead = re.search(r'href="([^"]+)">\d+ results in gastrointestinal stromal tumour', html)
    assert lead
    there = words(page(client, lead[1].replace("&amp;", "&")))
    assert f"{told[1]} results from" in there
    assert "Not counted here" not in there


def test_the_heading_names_what_was_asked(client: FlaskClient) -> None:
    def heading(asked: str) -> str:
        return words(re.findall("<h1>(.*?)</h1>", page(client, f"/evidence?{asked}"))[0])

    assert heading("adverse_event=neutropenia") == "Neutropenia: what is told"
    graded = heading("adverse_event=event:neutropenia&min_grade=3&drug=gemcitabine&histotype=sarcoma")
    assert graded == "Neutropenia of grade 3 or above under gemcitabine in sarcoma: what is told"
    assert heading("min_grade=3") == "Adverse events of grade 3 or above: what is told"
    assert heading("measure=response+rate") == "What is told of response rate"
    assert heading("comparator=anthracycline&randomised=yes") == "Evidence: randomised yes, comparator anthracycline"


def test_an_arm_says_its_doses_once_and_beneath_only_what_its_name_leaves_open(client: FlaskClient) -> None:
    html = page(client, "/evidence?regimen=gemcitabine+%2B+docetaxel&histotype=leiomyosarcoma")
    arm = html[re.search(r"<h3><a [^>]*>gemcitabine 900 mg/m2 days 1, 8", html).start() :]  # type: ignore[union-attr]
    told = words(arm[: arm.index('<div class="table"')])
    assert told.count("900 mg/m2") == 1
    assert "gemcitabine : infused over 90 minutes" in told


def test_a_level_of_evidence_is_told_in_words_beside_its_letter(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?regimen=gemcitabine+%2B+docetaxel&histotype=leiomyosarcoma"))
    assert "clinical, level&nbsp;B" in told
    assert "case study, level&nbsp;C" in told
    assert not re.search(r"(?<!, )level(&nbsp;| )[B-E]\b", told)


def test_of_many_results_each_table_is_folded_beneath_what_its_arm_came_to_and_none_is_lost(
    client: FlaskClient,
) -> None:
    asked = "/evidence?drug=gemcitabine"
    html, whole = page(client, asked), page(client, f"{asked}&unfold=true")
    for made in (html, whole):
        assert made.count('<tr id="row-') == ask(client, f"/api/v1{asked}")["total"]
    folded = re.findall(r'<details class="long"><summary>.*?</details>', html, flags=re.DOTALL)
    assert sum(part.count('<tr id="row-') for part in folded) == html.count('<tr id="row-')
    assert '<details class="long"><summary>' not in whole
    arm = html[html.index("gemcitabine 1250 mg/m2 weekly for 3 weeks every 28 days</a></h3>") :]
    above = words(arm[: arm.index("<table")])
    assert "25 patients; sarcoma; line: first" in above
    assert "response rate 4% of 25 4 results of gemcitabine 1250 mg/m2" in above


def test_a_few_results_stand_unfolded(client: FlaskClient) -> None:
    html = page(client, "/evidence?regimen=gemcitabine+%2B+docetaxel&histotype=leiomyosarcoma")
    assert 'href="#row-' in html
    assert "Unfold everything" not in html
    assert not re.search(r'<details class="long"><summary>[^<]*\d+ (results?|sides)', html)


def test_where_nothing_is_found_each_filter_can_be_left_out_and_what_may_belong_here_stands_open(
    client: FlaskClient,
) -> None:
    html = page(client, "/evidence?histotype=uterine+leiomyosarcoma&after=gemcitabine")
    assert "0 results from 0 studies" in words(html)
    assert '<a class="button" href="/evidence?histotype=uterine+leiomyosarcoma">Ask without after: gemcitabine' in html
    assert "/evidence?after=gemcitabine" in set(links(html))
    left_out = ask(client, "/api/v1/evidence?histotype=uterine+leiomyosarcoma&after=gemcitabine")["left_out_total"]
    assert f'<details class="notice" open><summary>{left_out} more results may belong here' in html
    assert "Ask without" not in page(client, "/evidence?drug=temsirolimus&histotype=sarcoma")


def test_an_operation_given_for_what_had_been_given_before_is_refused_in_words(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?after=surgery&histotype=leiomyosarcoma", 400))
    assert "does not fit what had been given before: expected a drug, a drug class or a regimen" in told


def test_each_of_several_values_has_a_field_and_a_filter_that_drops_it_alone(client: FlaskClient) -> None:
    html = page(client, "/evidence?drug=gemcitabine&drug=docetaxel&after=doxorubicin&after=drug:ifosfamide")
    assert "gemcitabine + docetaxel after doxorubicin and ifosfamide" in words(html[html.index("<h1>") :])
    for name, values in (("drug", ("gemcitabine", "docetaxel")), ("after", ("doxorubicin", "ifosfamide"))):
        assert re.findall(rf'name="{name}" value="([^"]*)"', html) == [*values]
    dropped = re.search(r'<a href="([^"]*)" aria-label="Remove after doxorubicin"', html)
    assert dropped is not None
    left = parse_qs(urlsplit(unescape(dropped[1])).query)
    assert left == {"drug": ["gemcitabine", "docetaxel"], "after": ["drug:ifosfamide"]}


def test_each_question_of_the_evidence_may_be_asked_after_several_drugs(client: FlaskClient) -> None:
    paths = ask(client, "/openapi.json")["paths"]
    for path in ("/api/v1/evidence", "/api/v1/evidence/pool", "/api/v1/evidence/safety"):
        (after,) = (each for each in paths[path]["get"]["parameters"] if each["name"] == "after")
        assert after["schema"]["type"] == "array"
        both, one = (
            ask(client, f"{path}?drug=gemcitabine&{asked}")["left_out"]
            for asked in ("after=imatinib&after=docetaxel", "after=docetaxel")
        )
        assert any("whether they had had imatinib, whether they had had docetaxel" in out["reason"] for out in both)
        assert not any("imatinib" in out["reason"] for out in one)


def test_a_regimen_is_asked_for_before_by_its_name_or_by_each_of_its_drugs(client: FlaskClient) -> None:
    ways = ("after=gemcitabine+%2B+docetaxel", "after=gemcitabine&after=docetaxel")
    answers = [ask(client, f"/api/v1/evidence?{way}") for way in ways]
    assert answers[0]["total"] > 0
    assert answers[0]["items"] == answers[1]["items"]
    told = words(page(client, f"/evidence?{ways[0]}"))
    assert "What was tried after gemcitabine + docetaxel" in told


@pytest.mark.parametrize(
    "asked",
    [
        "histotype=uterine+leiomyosarcoma&after=gemcitabine+%2B+docetaxel",
        "histotype=GIST&after=imatinib&after=sunitinib",
        "drug=regorafenib&histotype=liposarcoma&limit=5",
        "regimen=ifosfamide&histotype=uterine+leiomyosarcoma&measure=overall+survival",
    ],
)
def test_what_there_is_nearby_leads_to_as_many_results_as_it_says(client: FlaskClient, asked: str) -> None:
    html = page(client, f"/evidence?{asked}")
    said = re.search(r"<strong>Nothing found.</strong>(.*?)</p>", html, flags=re.DOTALL)
    assert said is not None
    nearby = ask(client, f"/api/v1/evidence?{asked}")["nearby"]
    led = re.findall(r'<a href="([^"]*)">(\d+) ([^<]*)</a>', said[1])
    assert [(int(count), unescape(text)) for _, count, text in led] == [(n["results"], n["words"]) for n in nearby]
    assert led
    for href, count, _ in led:
        assert f"{count_of('result', int(count))} from" in words(page(client, unescape(href)))


def test_who_was_treated_has_no_computed_interval(client: FlaskClient) -> None:
    html = page(client, "/evidence?study=study:gemcitabine-docetaxel-lms-ref34")
    rows = re.findall(r'<tr id="row-.*?</tr>', html, flags=re.DOTALL)
    baseline = [words(row) for row in rows if ">baseline characteristic<" in row]
    assert any("Sixteen of 34" in told for told in baseline)
    assert not any("computed" in told for told in baseline)
    assert any("computed 95% interval" in words(row) for row in rows)


def test_sides_of_many_disagreements_are_folded_on_comparisons_and_explanations_too(client: FlaskClient) -> None:
    for path in (
        "/compare?a=gemcitabine&b=gemcitabine+%2B+docetaxel",
        "/explain?drug=gemcitabine&histotype=leiomyosarcoma",
    ):
        html = page(client, path)
        part = html[html.index('<h2 id="conflicts">') :]
        assert part.count('<details class="long"><summary>') > 6
        assert "Unfold everything" in html
        assert '<details class="long"><summary>' not in page(client, f"{path}&unfold=true")
    few = page(client, "/explain?drug=imatinib&histotype=GIST")
    assert not re.search(r"<summary>\d sides", few)


def test_the_form_narrows_by_years_and_the_page_says_when_a_study_was_published(client: FlaskClient) -> None:
    html = page(client, "/evidence?drug=gemcitabine&from_year=2000&to_year=2006")
    assert 'name="from_year" value="2000"' in html
    assert "published 2000 · as of 2007" in html
    assert "when it came out (told in 2007)" in html  # of those whose year no text prints
    late = page(client, "/evidence?drug=gemcitabine&from_year=2015")
    assert "reference 22" not in late
    assert client.get("/evidence?from_year=2010&to_year=2005").status_code == 400


def test_a_regimen_is_explained_on_the_page_and_leads_to_its_results(client: FlaskClient) -> None:
    html = page(client, "/explain?regimen=AIM&histotype=leiomyosarcoma")
    assert "doxorubicin + ifosfamide in leiomyosarcoma: how it should act" in html
    assert "/mechanism?drug=drug:doxorubicin&amp;drug=drug:ifosfamide&amp;target=histotype:leiomyosarcoma" in html
    (address,) = re.findall(r'href="(/evidence\?regimen=[^"]+)"', html)
    answer = client.get(f"/api/v1{address}".replace("&amp;", "&")).get_json()
    assert answer["total"] > 0
