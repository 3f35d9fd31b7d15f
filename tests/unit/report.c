/* The report: numbers for people, names in Markdown, expensive calls, formats, and the model over hand-made rows. */
#include "csv/write.h"
#include "report/columns.h"
#include "report/formats.h"
#include "report/human.h"
#include "report/md.h"
#include "report/model.h"
#include "report/names.h"
#include "report/peaks.h"
#include "report/rules.h"
#include "report/texts.h"
#include "stats/sketch.h"
#include "store/migrations.h"

#include "../lib/unit.h"

#include <stdlib.h>
#include <unistd.h>

static struct buf text;
static struct err err;

static struct str said(void)
{
	return buf_view(&text);
}

/* Numbers. */

static void counts_have_commas(void)
{
	static const struct {
		int64_t n;
		const char *want;
	} cases[] = {
		{ 0, "0" },
		{ 999, "999" },
		{ 1000, "1,000" },
		{ 1234567, "1,234,567" },
		{ -123456, "-123,456" },
		{ INT64_MAX, "9,223,372,036,854,775,807" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_clear(&text);
		human_count(&text, cases[i].n);
		CHECK_STR(said(), cases[i].want);
	}
}

static void dollars_are_exact(void)
{
	static const struct {
		int64_t nano;
		const char *want;
	} cases[] = {
		{ 0, "$0.00" },
		{ 1, "$0.000000001" },
		{ 2980000, "$0.00298" },
		{ 1500000000, "$1.50" },
		{ 12000000000, "$12.00" },
		{ 1234567890123456789, "$1,234,567,890.123456789" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_clear(&text);
		human_usd(&text, cases[i].nano);
		CHECK_STR(said(), cases[i].want);
	}
}

static void shares_never_claim_none_or_all(void)
{
	static const struct {
		int128 part, whole;
		const char *want;
	} cases[] = {
		{ 0, 3, "0 %" },
		{ 3, 3, "100 %" },
		{ 1, 3, "33.3 %" },
		{ 2, 3, "66.7 %" },
		{ 1, 100000, "< 0.1 %" },
		{ 99999, 100000, "> 99.9 %" },
		{ 0, 0, "n/a" },
		{ 1, 2000, "0.1 %" },
		{ INT64_MAX / 2, INT64_MAX, "50.0 %" },
		{ INT64_MAX - 1, INT64_MAX, "> 99.9 %" },
		{ INT64_MAX, (int128)INT64_MAX * 3, "33.3 %" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_clear(&text);
		human_share(&text, cases[i].part, cases[i].whole);
		CHECK_STR(said(), cases[i].want);
	}
}

static void what_is_unknown_is_said_so(void)
{
	buf_clear(&text);
	human_ms(&text, -1);
	human_ms(&text, 1839.6);
	human_time(&text, -1);
	human_plural(&text, 1, "call", "calls");
	human_plural(&text, 0, "call", "calls");
	human_of(&text, 139, 1939, "calls");
	CHECK_STR(said(), "unknown1,840 ms1969-12-31 23:59:59 UTC1 call0 calls139 of 1,939 calls (7.2 %)");
}

/* Names. */

/* As Markdown shows it: visible, at most 60 code points, as code. */
static void put_name(const char *name)
{
	struct buf visible;
	buf_init(&visible, 4096);
	name_visible(&visible, name, 60);
	md_code(&text, buf_view(&visible));
	buf_free(&visible);
}

static void names_stay_names(void)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
		{ "claude-haiku-4-5", "`claude-haiku-4-5`" },
		{ "a <b> *c* _d_ [e](f) & www.g", "`a <b> *c* _d_ [e](f) & www.g`" },
		{ "a|b", "<code>a&#124;b</code>" },
		{ "``x``", "<code>&#96;&#96;x&#96;&#96;</code>" },
		{ "a\\|b<i>&amp;", "<code>a&#92;&#124;b&#60;i&#62;&#38;amp&#59;</code>" },
		{ "two\nlines", "`two[U+000A]lines`" },
		{ " led", "<code>&#32;led</code>" },
		{ "", "<code></code>" },
		{ "abc\xe2\x80\xae" "fed", "`abc[U+202E]fed`" },
		{ "zero\xe2\x80\x8bwidth", "`zero[U+200B]width`" },
		{ "h\xc3\xa9llo \xf0\x9f\x99\x82", "`h\xc3\xa9llo \xf0\x9f\x99\x82`" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_clear(&text);
		put_name(cases[i].name);
		CHECK_STR(said(), cases[i].want);
	}
}

static void long_names_are_cut(void)
{
	char name[256];
	memset(name, 'x', sizeof name);
	name[60] = '\0';
	buf_clear(&text);
	put_name(name);
	CHECK_INT(text.n, 62);
	name[60] = 'x';
	name[sizeof name - 1] = '\0';
	buf_clear(&text);
	put_name(name);
	CHECK_INT(str_codepoints(said()), 63);
}

static void tables_are_aligned(void)
{
	struct md_table t;
	buf_clear(&text);
	md_table_begin(&t, "lr");
	md_cell_z(&t, "Name");
	md_cell_z(&t, "N");
	md_code(md_cell(&t), STR("\xc3\xa9"));
	md_cell_z(&t, "1,000");
	md_cell_z(&t, "");
	md_cell_z(&t, "5");
	md_table_end(&t, &text);
	CHECK_STR(said(), "| Name |     N |\n| ---- | ----: |\n| `\xc3\xa9`  | 1,000 |\n|      |     5 |\n");
}

static void kept_texts_are_shared_and_utf8(void)
{
	struct report_texts *t = texts_new();
	const char *a = texts_keep(t, STR("model"));
	CHECK(a == texts_keep(t, STR("model")));
	CHECK(texts_keep(t, (struct str){ NULL, 0 }) == NULL);
	CHECK_STR(str_of(texts_keep(t, STR("bad\xff\xc3"))), "bad??");
	CHECK_STR(str_of(texts_keep(t, STR(""))), "");
	texts_free(t);
}

/* Columns of a terminal, and CSV. */

static void columns_count_what_is_wide_and_what_is_a_mark(void)
{
	CHECK_INT(columns_of(STR("")), 0);
	CHECK_INT(columns_of(STR("abc")), 3);
	CHECK_INT(columns_of(STR("\xe6\xa8\xa1\xe5\x9e\x8b")), 4);    /* two ideographs */
	CHECK_INT(columns_of(STR("e\xcc\x81")), 1);                   /* e and an accent */
	CHECK_INT(columns_of(STR("\xf0\x9f\x99\x82x")), 3);          /* an emoji */
}

static void lines_are_cut_at_blanks(void)
{
	buf_clear(&text);
	columns_wrap(&text, STR("one two  three"), 9, "- ", "  ");
	CHECK_STR(said(), "- one two\n  three\n");
	buf_clear(&text);
	columns_wrap(&text, STR("aaaabbbbcc"), 4, "", "");
	CHECK_STR(said(), "aaaa\nbbbb\ncc\n");
	buf_clear(&text);
	columns_wrap(&text, STR("\xe6\xa8\xa1\xe5\x9e\x8b"), 1, "", ""); /* no room: one a line all the same */
	CHECK_STR(said(), "\xe6\xa8\xa1\n\xe5\x9e\x8b\n");
	buf_clear(&text);
	columns_wrap(&text, STR(""), 10, "- ", "  ");
	CHECK_STR(said(), "- \n");
}

static void tables_fit_or_become_lists(void)
{
	static const struct str cells[] = { { "Name", 4 }, { "N", 1 }, { "a long name", 11 }, { "1,000", 5 } };
	const struct columns_table t = { .cells = cells, .n = 4, .align = "lr", .has_head = true, .bold = "", .plain = "" };
	buf_clear(&text);
	columns_table(&text, &t, 80);
	CHECK_STR(said(), "Name             N\n───────────  ─────\na long name  1,000\n");
	buf_clear(&text);
	columns_table(&text, &t, 14);
	CHECK_STR(said(), "Name         N\n───────  ─────\na long   1,000\nname          \n");
	buf_clear(&text);
	columns_table(&text, &t, 8);
	CHECK_STR(said(), "Name: a\nlong\nname\n  N:\n  1,000\n");
}

static void csv_cells_are_quoted_and_are_no_formulas(void)
{
	struct csv_writer w = { .out = &text };
	buf_clear(&text);
	static const char *const cells[] = { "plain", "a,b", "say \"x\"", "two\nlines", "=1+1", "+1", "-1", "@x", "\tx", "", NULL };
	for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
		csv_z(&w, cells[i]);
	csv_number(&w, STR("-1.5"));
	csv_end_row(&w);
	csv_z(&w, "next");
	csv_end_row(&w);
	CHECK_STR(said(), "plain,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\"'=1+1\",\"'+1\",\"'-1\",\"'@x\",\"'\tx\",,,-1.5\nnext\n");
}

/* Rules. */

static void thresholds_are_plain_numbers(void)
{
	int64_t thresholds[RULES];
	rules_defaults(thresholds);
	CHECK_INT(thresholds[RULE_FAILURES], 50000);
	CHECK_INT(rules_set(thresholds, "failures=0.123456", &err), 0);
	CHECK_INT(thresholds[RULE_FAILURES], 123456);
	CHECK_INT(rules_set(thresholds, "cost-outliers=9223372036853", &err), 0);
	static const char *const bad[] = { "failures", "failures=", "failures=1.", "failures=.1", "failures=01", "failures=+1", "failures=1e1", "nothing=1" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		CHECK_INT(rules_set(thresholds, bad[i], &err), -1);
		CHECK_INT(err.status, ROS_USAGE);
	}
}

/* Expensive calls. */

static void peaks_keep_the_first_and_their_ties(void)
{
	struct peaks p;
	peaks_init(&p, 3);
	for (int64_t i = 0; i < 20000; i++) {
		struct peak candidate = { .cost_nano = i * 7919 % 5003, .time_ms = i % 2, .series = (size_t)i };
		peaks_offer(&p, &candidate);
	}
	CHECK(p.cap < 5000);
	peaks_settle(&p);
	CHECK_INT(p.v[0].cost_nano, 5002);
	CHECK_INT(p.v[0].time_ms, 0);
	CHECK_INT(p.v[1].cost_nano, 5002);
	CHECK_INT(p.v[p.n - 1].cost_nano, 5002);
	CHECK_INT(p.v[2].time_ms, p.v[p.n - 1].time_ms);
	peaks_free(&p);
	peaks_init(&p, 0);
	peaks_offer(&p, &(struct peak){ .cost_nano = 1 });
	CHECK_INT(p.n, 0);
	peaks_free(&p);
}

static void formats_are_found_by_name_and_extension(void)
{
	CHECK_STR(str_of(report_format_named("json")->extension), ".json");
	CHECK(report_format_named("docx") == NULL);
	CHECK(report_format_of_file("a.b/report.md") == report_format_named("md"));
	CHECK(report_format_of_file("md") == NULL);
	CHECK(report_format_of_file("report.md.docx") == NULL);
}

/* The model. */

#define HASH "zeroblob(32)"

static char path[] = "/tmp/unit-report-XXXXXX";

static struct db *fresh(void)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < 3; i++) {
		char name[64];
		snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
		unlink(name);
	}
	struct db *db;
	if (db_open(&db, path, DB_CREATE, 1000, &err) < 0) {
		printf("Bail out! %s\n", err.text);
		exit(1);
	}
	for (size_t i = 0; i < n_migrations; i++)
		CHECK_INT(db_exec(db, migrations[i].up, &err), 0);
	return db;
}

static void put(struct db *db, const char *sql)
{
	if (db_exec(db, sql, &err) < 0)
		unit_fail(__FILE__, __LINE__, err.text);
}

static void put_series(struct db *db, int id, const char *mode, const char *tier, const char *model)
{
	buf_clear(&text);
	buf_fmt(&text, "INSERT INTO deployment VALUES (%d, '%s', zeroblob(16), '%s', 'p', '%s')", id, mode, tier, model);
	put(db, buf_cstr(&text));
	buf_clear(&text);
	buf_fmt(&text, "INSERT INTO series VALUES (%d, %d, NULL, NULL, NULL, NULL, 'SUCCESS')", id, id);
	put(db, buf_cstr(&text));
}

/* A row of rollup_hour with so many calls, each of the cost, in the first millisecond of the hour. */
static void put_hour(struct db *db, int hour, int series, int64_t calls, int64_t cost)
{
	buf_clear(&text);
	buf_fmt(&text,
	        "INSERT INTO rollup_hour VALUES"
	        " (%d, %d, %d * 3600000, %d * 3600000, %lld, 10, 0, 0, 0, 0, %lld, %lld, %lld, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
	        hour, series, hour, hour, (long long)calls, (long long)(calls * cost), (long long)cost, (long long)calls);
	put(db, buf_cstr(&text));
}

static struct report *report_of(struct db *db, struct report_scope scope)
{
	struct report *r;
	scope.top = 5;
	err.text[0] = '\0';
	report_build(&r, db, &scope, "test", 0, &err);
	return r;
}

static void modes_and_tiers_are_folded(void)
{
	struct db *db = fresh();
	put_series(db, 3, "DEMO", "NANO", "a");
	put_series(db, 7, "DEMO", "MINI", "a");
	put_series(db, 9, "LIVE", "MINI", "b");
	put_hour(db, 10, 3, 5, 100);
	put_hour(db, 11, 7, 7, 10);
	put_hour(db, 11, 9, 1, 0);
	struct report *r = report_of(db, (struct report_scope){ 0 });
	CHECK_STR(str_of(r->all.mode), "MIXED");
	CHECK_INT(r->all.total.m[CALLS], 13);
	CHECK_INT(r->mode[0].total.m[COST_NANO], 570);
	CHECK_INT(r->mode[1].total.m[CALLS], 1);
	CHECK_INT(r->mode[0].by[BY_MODEL].n, 1);
	CHECK_INT(r->all.by[BY_MODEL].n, 2);
	CHECK_INT(r->mode[1].by[BY_TIER].n, 3);
	CHECK_STR(str_of(r->mode[1].by[BY_TIER].v[0].key.name), "NANO");
	CHECK_INT(r->mode[1].by[BY_TIER].v[1].m[CALLS], 1);
	CHECK(r->all.by[BY_PURPOSE].v[0].key.name == NULL);
	report_free(r);
	db_close(db);
}

/* Hours remain when the record is purged. */
static void rollups_without_a_record_suffice(void)
{
	struct db *db = fresh();
	put_series(db, 1, "DEMO", "NANO", "a");
	put_hour(db, 10, 1, 5, 100);
	struct report *r = report_of(db, (struct report_scope){ 0 });
	CHECK_INT(r->all.total.m[CALLS], 5);
	CHECK_INT(r->all.first_ms, 10 * INT64_C(3600000));
	CHECK_INT(r->all.n_top, 0);
	report_free(r);
	db_close(db);
}

static void a_sum_beyond_64_bits_is_exact(void)
{
	struct db *db = fresh();
	put_series(db, 1, "DEMO", "NANO", "a");
	put_hour(db, 10, 1, 5, 1000000000000000000);
	put_hour(db, 11, 1, 5, 1000000000000000001);
	struct report *r = report_of(db, (struct report_scope){ 0 });
	CHECK(r && r->all.total.m[COST_NANO] == (int128)10 * 1000000000000000000 + 5);
	buf_clear(&text);
	human_usd(&text, r->all.total.m[COST_NANO]);
	CHECK_STR(said(), "$10,000,000,000.000000005");
	report_free(r);
	db_close(db);
}

static void the_sum_of_an_hour_beyond_64_bits_needs_the_record(void)
{
	struct db *db = fresh();
	put_series(db, 1, "DEMO", "NANO", "a");
	put_hour(db, 10, 1, 5, 100);
	put(db, "UPDATE rollup_hour SET cost_nano = 9223372036854775807");
	CHECK(report_of(db, (struct report_scope){ 0 }) == NULL);
	CHECK_INT(err.status, ROS_INPUT);
	CHECK(strstr(err.text, "not recorded any more") != NULL);
	db_close(db);
}

static void a_count_beyond_64_bits_is_an_error(void)
{
	struct db *db = fresh();
	put(db, "INSERT INTO batch VALUES (1, 0, 9223372036854775807, 0, 0, 0, zeroblob(32)), (2, 0, 1, 0, 0, 0, zeroblob(32))");
	CHECK(report_of(db, (struct report_scope){ 0 }) == NULL);
	CHECK_INT(err.status, ROS_INPUT);
	CHECK(strstr(err.text, "64 bits") != NULL);
	db_close(db);
}

/* An estimate above the longest would be odd to read. */
static void percentiles_do_not_exceed_the_longest(void)
{
	struct db *db = fresh();
	put_series(db, 1, "DEMO", "NANO", "a");
	put_hour(db, 10, 1, 2, 0);
	put(db, "UPDATE rollup_hour SET timed = 2, latency_ms = 60004, latency_ms_max = 30002");
	struct sketch *sketch = sketch_new();
	sketch_add(sketch, 30002);
	sketch_add(sketch, 30002);
	CHECK(sketch_percentile(sketch, 99) > 30002);
	buf_clear(&text);
	buf_z(&text, "INSERT INTO latency_day VALUES (0, 1, X'");
	struct buf bytes;
	buf_init(&bytes, 1 << 10);
	sketch_write(sketch, &bytes);
	buf_hex(&text, bytes.p, bytes.n);
	buf_z(&text, "')");
	put(db, buf_cstr(&text));
	struct report *r = report_of(db, (struct report_scope){ 0 });
	CHECK(r->all.total.latency[P99] <= 30002 && r->all.total.latency[P99] > 29700);
	report_free(r);
	buf_free(&bytes);
	sketch_free(sketch);
	db_close(db);
}

static void an_unreadable_sketch_is_an_error(void)
{
	struct db *db = fresh();
	put_series(db, 1, "DEMO", "NANO", "a");
	put_hour(db, 10, 1, 5, 1);
	put(db, "INSERT INTO latency_day VALUES (0, 1, X'ff')");
	CHECK(report_of(db, (struct report_scope){ 0 }) == NULL);
	CHECK_INT(err.status, ROS_INPUT);
	db_close(db);
}

static void a_missing_table_is_an_error(void)
{
	struct db *db = fresh();
	put(db, "DROP TABLE tally_hour");
	CHECK(report_of(db, (struct report_scope){ 0 }) == NULL);
	CHECK(strlen(err.text) > 0);
	db_close(db);
}

static void an_unknown_run_is_refused(void)
{
	struct db *db = fresh();
	CHECK(report_of(db, (struct report_scope){ .has_run = true }) == NULL);
	CHECK_INT(err.status, ROS_REFUSED);
	db_close(db);
}

/* An event with nothing optional in it; each of its unknowns stays unknown. */
static void a_bare_call_of_a_run(void)
{
	struct db *db = fresh();
	put_series(db, 1, "LIVE", "FRONTIER", "a");
	put(db, "INSERT INTO term VALUES (1, 'worker')");
	put(db, "INSERT INTO invocation"
	        " (time_ms, invocation_id, deployment_id, series_id, batch, content_sha256, caller_service_term, run_id)"
	        " VALUES (-5, zeroblob(16), 1, 1, 1, " HASH ", 1, zeroblob(16))");
	struct report *r = report_of(db, (struct report_scope){ .has_run = true });
	CHECK_INT(r->all.total.m[CALLS], 1);
	CHECK_INT(report_priced(&r->all.total), 0);
	CHECK_INT(r->all.total.m[TIMED], 0);
	CHECK_INT(r->all.total.m[PHI_SCANS], 0);
	CHECK_INT(report_latency_mean_us(&r->all.total), -1);
	CHECK(r->all.total.latency[P50] < 0);
	CHECK_INT(r->all.first_ms, -5);
	CHECK_STR(str_of(report_status(&r->all.total)), "SUCCESS");
	report_free(r);
	db_close(db);
}

static void derived_figures(void)
{
	struct report_group g = { .m = { [TIMED] = 3, [LATENCY_MS] = 5 }, .status = { [STATUS_SUCCESS] = 2 } };
	CHECK_INT(report_latency_mean_us(&g), 1667);
	CHECK_STR(str_of(report_status(&g)), "SUCCESS");
	g.status[STATUS_TIMEOUT] = 1;
	CHECK_STR(str_of(report_status(&g)), "MIXED");
	CHECK(report_status(&(struct report_group){ 0 }) == NULL);
}

/* A buffer that is too small is told, in every format and at several sizes. */
static void a_full_buffer_is_noticed(void)
{
	struct db *db = fresh();
	put_series(db, 1, "DEMO", "NANO", "a");
	put_hour(db, 10, 1, 5, 100);
	struct report *r = report_of(db, (struct report_scope){ 0 });
	for (size_t i = 0; i < n_report_formats; i++) {
		buf_clear(&text);
		report_formats[i].render(r, &text, &err);
		CHECK(buf_ok(&text) && text.n > 1000);
		for (size_t max = 0; max < text.n; max += text.n / 4) { /* a PDF takes its time */
			struct buf small;
			buf_init(&small, max);
			report_formats[i].render(r, &small, &err);
			CHECK(!buf_ok(&small));
			buf_free(&small);
		}
	}
	report_free(r);
	db_close(db);
}

int main(void)
{
	buf_init(&text, 1 << 20);
	int fd = mkstemp(path);
	if (fd < 0)
		return 1;
	close(fd);
	RUN(counts_have_commas);
	RUN(dollars_are_exact);
	RUN(shares_never_claim_none_or_all);
	RUN(what_is_unknown_is_said_so);
	RUN(names_stay_names);
	RUN(long_names_are_cut);
	RUN(tables_are_aligned);
	RUN(kept_texts_are_shared_and_utf8);
	RUN(columns_count_what_is_wide_and_what_is_a_mark);
	RUN(lines_are_cut_at_blanks);
	RUN(tables_fit_or_become_lists);
	RUN(csv_cells_are_quoted_and_are_no_formulas);
	RUN(thresholds_are_plain_numbers);
	RUN(peaks_keep_the_first_and_their_ties);
	RUN(formats_are_found_by_name_and_extension);
	RUN(modes_and_tiers_are_folded);
	RUN(rollups_without_a_record_suffice);
	RUN(a_sum_beyond_64_bits_is_exact);
	RUN(the_sum_of_an_hour_beyond_64_bits_needs_the_record);
	RUN(a_count_beyond_64_bits_is_an_error);
	RUN(percentiles_do_not_exceed_the_longest);
	RUN(an_unreadable_sketch_is_an_error);
	RUN(a_missing_table_is_an_error);
	RUN(an_unknown_run_is_refused);
	RUN(a_bare_call_of_a_run);
	RUN(derived_figures);
	RUN(a_full_buffer_is_noticed);
	db_close(fresh());
	unlink(path);
	buf_free(&text);
	return unit_done();
}
