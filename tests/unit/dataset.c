/* common/dataset: kinds of values, formats by content, rows and columns of each format, footers of Parquet. */
#include "base/mem.h"
#include "dataset/format.h"
#include "dataset/parquet.h"
#include "dataset/values.h"
#include "../lib/unit.h"

static void check_type(const char *cell, enum value_type want)
{
	CHECK_STR(str_of(value_type_name(value_type_of(str_of(cell)))), value_type_name(want));
	if (unit_failed_here)
		printf("# of %s\n", cell);
}

static void types_of_cells(void)
{
	check_type("", VALUE_EMPTY);
	check_type("0", VALUE_INTEGER);
	check_type("-17", VALUE_INTEGER);
	check_type("9223372036854775807", VALUE_INTEGER);
	check_type("9223372036854775808", VALUE_NUMBER);
	check_type("1.5", VALUE_NUMBER);
	check_type("-1e-3", VALUE_NUMBER);
	check_type("2E+10", VALUE_NUMBER);
	check_type("True", VALUE_BOOLEAN);
	check_type("FALSE", VALUE_BOOLEAN);
	check_type("2026-01-28", VALUE_DATE);
	check_type("2026-01-28T12:00:00Z", VALUE_DATE_TIME);
	check_type("2026-01-28 12:00:00", VALUE_DATE_TIME);
	check_type("2026-01-28 12:00:00.25", VALUE_DATE_TIME);
	const char *texts[] = { "007", "+1", "1.", ".5", "1e", "-", "--1", "1 ", " 1", "0x1f", "NaN", "2026-02-30", "2026", "28.01.2026", "yes" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		check_type(texts[i], strcmp(texts[i], "2026") == 0 ? VALUE_INTEGER : VALUE_TEXT);
}

static void types_joined(void)
{
	CHECK_INT(value_type_join(VALUE_EMPTY, VALUE_DATE), VALUE_DATE);
	CHECK_INT(value_type_join(VALUE_DATE, VALUE_EMPTY), VALUE_DATE);
	CHECK_INT(value_type_join(VALUE_INTEGER, VALUE_NUMBER), VALUE_NUMBER);
	CHECK_INT(value_type_join(VALUE_NUMBER, VALUE_INTEGER), VALUE_NUMBER);
	CHECK_INT(value_type_join(VALUE_INTEGER, VALUE_DATE), VALUE_TEXT);
	CHECK_INT(value_type_join(VALUE_DATE, VALUE_DATE_TIME), VALUE_TEXT);
}

static int feed(const struct format *format, void *state, struct str text, size_t piece, struct err *e)
{
	while (text.n > 0) {
		size_t n = piece > 0 && piece < text.n ? piece : text.n;
		if (format->feed && format->feed(state, (struct str){ text.p, n }, e) != 0)
			return -1;
		text = (struct str){ text.p + n, text.n - n };
	}
	return 0;
}

/* The facts of a text, fed in pieces (0: in one), or what is wrong with it. */
static int read_facts(struct str text, size_t piece, struct facts *f, struct err *e)
{
	void *state;
	facts_free(f);
	const struct format *format = format_of(text, true, &state, e);
	if (!format)
		return -1;
	int rc = feed(format, state, text, piece, e);
	if (rc == 0)
		rc = format->end(state, -1, (int64_t)text.n, f, e);
	format->free(state);
	return rc;
}

/* "csv 3 a:integer b:text?": format, rows, columns with ? where they are nullable. */
static void describe(const struct facts *f, struct buf *out)
{
	buf_fmt(out, "%s %" PRId64, f->format, f->rows);
	for (size_t i = 0; i < f->layout.kept; i++) {
		const struct column *c = &f->layout.columns[i];
		buf_fmt(out, " %s:%s%s", c->name ? c->name : "-", value_type_name(c->type), c->nullable ? "?" : "");
	}
	if (f->ragged > 0)
		buf_fmt(out, " ragged %" PRId64 " from line %" PRIu64, f->ragged, f->ragged_line);
}

static void check_text(struct str text, const char *want)
{
	struct facts f = { 0 };
	struct err e;
	struct buf got;
	buf_init(&got, 65536);
	if (read_facts(text, 0, &f, &e) == 0)
		describe(&f, &got);
	else
		buf_fmt(&got, "%d %s", e.status, e.text);
	CHECK_STR(buf_view(&got), want);
	for (size_t piece = 4; piece < 12; piece++) { /* the pieces make no difference */
		struct facts other = { 0 };
		CHECK_INT(read_facts(text, piece, &other, &e), f.format ? 0 : -1);
		CHECK_INT(other.rows, f.rows);
		CHECK_INT(other.ragged, f.ragged);
		facts_free(&other);
	}
	facts_free(&f);
	buf_free(&got);
}

static void check(const char *text, const char *want)
{
	check_text(str_of(text), want);
}

static void csv_rows_and_columns(void)
{
	check("id,name,when\n1,x,2026-01-28\n2,,2026-01-29\n", "csv 2 id:integer name:text? when:date");
	check("id;name\r\n1;\"a;b\"\r\n2;\"c\r\nd\"\r\n\r\n", "csv 2 id:integer name:text");
	check("id\tn\n1\t1.5\n2\t2", "csv 2 id:integer n:number");
	check("\xef\xbb\xbf" "a,b\n1,true\n", "csv 1 a:integer b:boolean");
	check("a,b\n", "csv 0 a:empty b:empty");
	check("a,b\n\"x\"\"y\",1\n\"\",2\n", "csv 2 a:text? b:integer");
	check("n\n1\n2\n", "csv 2 n:integer");
	check("height,x\n5'11\",1\n", "csv 1 height:text x:text"); /* a row that libcsv refuses types nothing */
}

/* The names of columns are told by a first row that is other than the rest; a row of data must not become names. */
static void csv_without_a_header(void)
{
	check("1,John,1970-01-01\n2,Jane,1980-01-01\n", "csv 2 -:integer -:text -:date");
	check("id,2019,2020\n1,5,6\n", "csv 1 id:integer 2019:integer 2020:integer");
	check("name,city\nJohn,Rome\n", "csv 1 name:text city:text");
}

static void csv_ragged(void)
{
	check("a,b\n1,2\n3\n4,5,6\n7,8\n9,9\n", "csv 5 a:integer b:integer ragged 2 from line 3");
	check("a,b\n\"x\ny\",1\n2\n", "csv 2 a:text b:integer ragged 1 from line 4");
}

static void csv_faults(void)
{
	check("a,b\n1,\"2\n3,4\n", "65 line 2, field 2: quote left open");
	check("a,b\n1,2\n\"3\"x,4\n", "65 line 3, field 1: misplaced quote");
	check_text(STR("a,b\n1,2\n3,\0\n"), "65 line 3, field 2: NUL byte");
	check("\xe9,b\n1,2\n3,4\n", "65 line 1: not UTF-8");
}

/* A column has the type of its first rows only where the bytes of all others can be of that type. */
static void csv_types_of_all_rows(void)
{
	static const struct {
		const char *first, *last, *type;
	} cases[] = {
		{ "1,x", "2,x", "integer" }, { "1,x", "2.5,x", "number" }, { "1,x", "NA,x", "text" }, { "1.5,x", "?,x", "text" },
		{ "true,x", "0,x", "text" }, { "2026-01-28,x", "2026-01-29,x", "date" }, { "2026-01-28,x", "28.01.2026,x", "text" },
		{ ",x", "7,x", "text" }, { ",x", ",x", "empty?" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf text, got;
		struct facts f = { 0 };
		struct err e;
		void *state;
		buf_init(&text, 1 << 16);
		buf_init(&got, 1 << 16);
		buf_fmt(&text, "a,b\n%s\n", cases[i].first);
		const struct format *format = format_of(buf_view(&text), false, &state, &e);
		CHECK(format == &format_csv);
		CHECK_INT(format->feed(state, buf_view(&text), &e), 0);
		buf_clear(&text);
		buf_fmt(&text, "%s\n", cases[i].last);
		CHECK_INT(format->feed(state, buf_view(&text), &e), 0);
		facts_free(&f);
		CHECK_INT(format->end(state, -1, 0, &f, &e), 0);
		format->free(state);
		buf_fmt(&got, "%s%s", value_type_name(f.layout.columns[0].type), f.layout.columns[0].nullable && cases[i].type[0] == 'e' ? "?" : "");
		CHECK_STR(buf_view(&got), cases[i].type);
		facts_free(&f);
		buf_free(&text);
		buf_free(&got);
	}
}

static void json_texts(void)
{
	check("{\"a\":1}", "json 1");
	check("[{\"a\":1,\"b\":\"x\"},\n{\"a\":2.5,\"b\":null},{\"a\":3}]", "json 3 a:number b:text?");
	check("[]", "json 0");
	check("[\"x\\\\\",1]", "json 2");
	check(" [1, 2, [3, \"]\\\"\"]]\n", "json 3");
	check("{\"a\":1,\"t\":\"2026-01-28\"}\n{\"a\":2,\"t\":\"2026-01-29\",\"o\":{}}\n", "ndjson 2 a:integer t:date o:object?");
	check("\xef\xbb\xbf[{\"a\":[]}]", "json 1 a:array");
	check("{\"123-45-6789\":{\"x\":1}}", "json 1"); /* keys that may be anything are no columns */
}

static void fhir_texts(void)
{
	check("{\"resourceType\":\"Patient\",\"id\":\"p\"}", "fhir 1");
	check("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\"}},{\"a\":[1,2]}],\"total\":2}", "fhir 2");
	check("{\"entry\":[1,2,3],\n\"resourceType\":\"Bundle\"}", "fhir 3");
	check("{\"resourceType\":\"Bundle\"}", "fhir 0");
	check("{\"resourceType\":\"List\",\"entry\":[1,2,3]}", "fhir 1");
	check("{\"resourceType\":\"Patient\",\"id\":\"1\"}\n{\"resourceType\":\"Patient\",\"id\":\"2\"}\n", "fhir 2 resourceType:text id:text");
	check("{\"resourceType\":\"Patient\"}\n{\"x\":\"2\"}\n", "ndjson 2 resourceType:text? x:text?");
	check("{\"a\":{\"resourceType\":\"Patient\"}}", "json 1");
}

static void json_faults(void)
{
	check("{\"a\":[1,2", "65 line 1: cut off: the value that began on line 1 has no end");
	check("{\"a\":1}\n{\"a\":\"x", "65 line 2: cut off: the value that began on line 2 has no end");
	check("{\"a\":1} {\"a\":2}\n", "65 line 1: a second value");
	check("{\n\"a\":1}\n{\"a\":2}\n", "65 line 1: a value of several lines among others: neither json nor ndjson");
	check("{\"a\" 1}", "65 line 1: not JSON");
	check("{\n\"a\":1]", "65 line 2: not JSON");
	check("{\"a\":1,}", "65 line 1: not JSON");
	check("[1,]", "65 line 1: not JSON");
	check("]", "65 its format is none of csv, json, ndjson, parquet, xlsx, dicom, hl7, fhir");
	check("{\"a\":\"x\ny\"}", "65 line 1: a control character in a string");
	check("[section]\nkey=value\n", "65 line 2: not JSON");
}

static void hl7_messages(void)
{
	check("MSH|^~\\&|A|B\rPID|1\rMSH|^~\\&|C\rPID|MSH\r", "hl7 2");
	check("FHS|^~\\&|A\nBHS|^~\\&\nMSH|^~\\&|A\nBTS|1\nFTS|1\n", "hl7 1");
	check("\vMSH|^~\\&|A|B\rPID|1\r\x1c\r", "hl7 1");
	check("MSH is no segment", "65 its format is none of csv, json, ndjson, parquet, xlsx, dicom, hl7, fhir");
}

static void signatures(void)
{
	char dicom[140] = { 0 };
	memcpy(dicom + 128, "DICM", 4);
	check_text((struct str){ dicom, sizeof dicom }, "dicom 1");
	check("\x1f\x8b\x08 and more", "65 it is gzip, which is not read");
	check("\xff\xfe" "a", "65 it is UTF-16, which is not read");
	check("PARE", "65 it is parquet with an encrypted footer, which is not read");
	check("Dear all,\nthis is no table, by no means, and never was,\nand so on\n",
	      "65 its format is none of csv, json, ndjson, parquet, xlsx, dicom, hl7, fhir");
	check("just words here\n", "65 its format is none of csv, json, ndjson, parquet, xlsx, dicom, hl7, fhir");
}

/*
 * FileMetaData by hand: version 1; the schema root{2}, a INT64 required, g{1} optional: b BYTE_ARRAY UTF8
 * required; 3 rows.
 */
static const char footer[] =
	"\x15\x02"
	"\x19\x4c"
	"\x48\x04root\x15\x04\x00"
	"\x15\x04\x25\x00\x18\x01" "a\x00"
	"\x35\x02\x18\x01g\x15\x02\x00"
	"\x15\x0c\x25\x00\x18\x01" "b\x25\x00\x00"
	"\x16\x06"
	"\x00";

static void parquet_footers(void)
{
	struct facts f = { 0 };
	struct err e;
	struct buf got;
	struct str whole = { footer, sizeof footer - 1 };
	buf_init(&got, 4096);
	facts_free(&f);
	CHECK_INT(parquet_footer(whole, &f, &e), 0);
	f.format = "parquet";
	describe(&f, &got);
	CHECK_STR(buf_view(&got), "parquet 3 a:integer g.b:text?");
	facts_free(&f);
	for (size_t n = 0; n < whole.n; n++) { /* cut at every byte, in memory of that size */
		char *cut = mem_alloc(n + 1);
		memcpy(cut, footer, n);
		CHECK_INT(parquet_footer((struct str){ cut, n }, &f, &e), -1);
		CHECK_STR(str_of(e.text), "its footer is damaged");
		facts_free(&f);
		free(cut);
	}
	buf_free(&got);
}

int main(void)
{
	RUN(types_of_cells);
	RUN(types_joined);
	RUN(csv_rows_and_columns);
	RUN(csv_without_a_header);
	RUN(csv_ragged);
	RUN(csv_faults);
	RUN(csv_types_of_all_rows);
	RUN(json_texts);
	RUN(fhir_texts);
	RUN(json_faults);
	RUN(hl7_messages);
	RUN(signatures);
	RUN(parquet_footers);
	return unit_done();
}
