/* What no tag covers becomes an artifact; texts that look like operators stay texts. */
#include "report/pdf_artifacts.h"

#include "../lib/unit.h"

static bool gives(const char *content, const char *want)
{
	struct buf out;
	buf_init(&out, 4096);
	pdf_mark_artifacts(str_of(content), &out);
	bool same = str_is(buf_view(&out), want);
	if (!same)
		printf("# %s\n", buf_cstr(&out));
	buf_free(&out);
	return same;
}

static void what_paints_is_marked(void)
{
	CHECK(gives("0 0 1 1 re f\n", "/Artifact BMC\n0 0 1 1 re f\n\nEMC\n"));
	CHECK(gives("BT (a) Tj ET", "/Artifact BMC\nBT (a) Tj ET\nEMC\n"));
}

static void what_paints_nothing_is_left(void)
{
	CHECK(gives("", ""));
	CHECK(gives("q 1 0 0 rg\n", "q 1 0 0 rg\n"));
}

static void marked_content_is_left(void)
{
	CHECK(gives("/P << /MCID 0 >> BDC (a) Tj EMC", "/P << /MCID 0 >> BDC (a) Tj EMC\n"));
	CHECK(gives("S /P <</MCID 0>> BDC /Span <</ActualText <feff>>> BDC EMC f EMC S",
	            "/Artifact BMC\nS\nEMC\n /P <</MCID 0>> BDC /Span <</ActualText <feff>>> BDC EMC f EMC\n/Artifact BMC\n S\nEMC\n"));
}

static void strings_and_names_are_no_operators(void)
{
	CHECK(gives("(EMC f) /f gs", "(EMC f) /f gs"));
	CHECK(gives("(a (EMC) b) (\\) f", "(a (EMC) b) (\\) f"));
	CHECK(gives("[(BDC) 1 (x\\\\)] 0 d", "[(BDC) 1 (x\\\\)] 0 d"));
}

static void a_stray_end_does_no_harm(void)
{
	CHECK(gives("EMC f", "/Artifact BMC\nEMC f\nEMC\n"));
}

int main(void)
{
	RUN(what_paints_is_marked);
	RUN(what_paints_nothing_is_left);
	RUN(marked_content_is_left);
	RUN(strings_and_names_are_no_operators);
	RUN(a_stray_end_does_no_harm);
	return unit_done();
}
