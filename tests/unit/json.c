/* The strict reader, canonical form and writer. */
#include "../lib/unit.h"

#include "json/reader.h"
#include "json/writer.h"

static struct json_reader *reader;
static struct json_fault fault;

static bool no_name(struct str key)
{
	return !str_starts(key, "John");
}

static const struct json *read_text(const char *z)
{
	return json_read(reader, str_of(z), &fault);
}

static const char *rule(const char *z)
{
	return read_text(z) ? "accepted" : fault.rule;
}

#define CHECK_RULE(text, want) CHECK_STR(str_of(rule(text)), want)

static void test_accepts_rfc_8259(void)
{
	static const char *const good[] = { "{}", "[]", " \t\r\n1 ", "\"\"", "null", "true", "false", "-0", "0.5e-7", "1E+2", "[1,[2,{\"a\":[]}]]",
		"\"\\u00e9\\ud83d\\ude00\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\x7f\"", "\"\xc3\xa9\xf0\x9f\x98\x80\"" };
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		CHECK_RULE(good[i], "accepted");
}

static void test_refuses_what_is_not_json(void)
{
	static const char *const bad[] = { "", " ", "{", "[", "]", "{]", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "{\"a\":}", "[1 2]", "{}x", "01", "-", "1.", ".5", "1e",
		"+1", "NaN", "Infinity", "tru", "nulll", "'a'", "\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"a\nb\"", "\"\t\"", "//", "[1]//" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK_RULE(bad[i], "syntax");
}

static void test_refuses_bad_utf8(void)
{
	static const char *const bad[] = { "\"\xff\"", "\"\xc0\x80\"", "\"\xe0\x80\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xc3\"", "\"\x80\"",
		"\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK_RULE(bad[i], "utf8");
	CHECK_RULE("\xef\xbb\xbf{}", "byte-order-mark");
}

static void test_refuses_duplicate_keys(void)
{
	CHECK_RULE("{\"a\":1,\"b\":{\"c\":1,\"c\":2}}", "duplicate-key");
	CHECK_STR(str_of(fault.pointer), "/b/c");
	CHECK_RULE("{\"a\":1,\"\\u0061\":2}", "duplicate-key");
	CHECK_RULE("{\"a\":{\"a\":{\"a\":1}}}", "accepted");
	CHECK_RULE("[{\"a\":1},{\"a\":1}]", "accepted");
}

static void test_many_keys(void)
{
	struct buf b;
	buf_init(&b, 1 << 22);
	buf_char(&b, '{');
	for (int i = 0; i < 20000; i++)
		buf_fmt(&b, "%s\"k%d\":%d", i ? "," : "", i, i);
	buf_z(&b, ",\"k7\":1}");
	CHECK(!json_read(reader, buf_view(&b), &fault));
	CHECK_STR(str_of(fault.rule), "duplicate-key");
	buf_free(&b);
}

static void test_limits(void)
{
	struct json_reader *small = json_reader_new((struct json_limits){ .bytes = 64, .depth = 3, .nodes = 8 });
	CHECK(json_read(small, STR("[[[1]]]"), &fault));
	CHECK(!json_read(small, STR("[[[[1]]]]"), &fault));
	CHECK_STR(str_of(fault.rule), "depth");
	CHECK(!json_read(small, STR("[1,2,3,4,5,6,7,8]"), &fault));
	CHECK_STR(str_of(fault.rule), "size");
	char text[66];
	memset(text, ' ', sizeof text);
	text[0] = '1';
	CHECK(json_read(small, (struct str){ text, 64 }, &fault));
	CHECK(!json_read(small, (struct str){ text, 65 }, &fault));
	CHECK_STR(str_of(fault.rule), "size");
	json_reader_free(small);
}

static void test_numbers_beyond_a_double(void)
{
	CHECK_RULE("1.7976931348623157e308", "accepted");
	CHECK_RULE("1.7976931348623158e308", "accepted");
	CHECK_RULE("1.7976931348623159e308", "number-range");
	CHECK_RULE("-1e309", "number-range");
	CHECK_RULE("1e99999999999999999999", "number-range");
	CHECK_RULE("0e99999999999999999999", "accepted");
	CHECK_RULE("1e-99999999999999999999", "accepted");
}

static void test_values(void)
{
	const struct json *v = read_text(" {\"a\": [1, 9007199254740993, \"x\\ny\"], \"b\": {\"c\": null}} ");
	CHECK(v != NULL);
	CHECK_INT(v->count, 2);
	CHECK_STR(json_at(reader, v, "a/1")->text, "9007199254740993");
	CHECK_STR(json_at(reader, v, "a/2")->text, "x\ny");
	CHECK_STR(json_at(reader, v, "a/2")->raw, "\"x\\ny\"");
	CHECK_STR(json_get(reader, v, STR("b"))->raw, "{\"c\": null}");
	CHECK(!json_at(reader, v, "a/3"));
	CHECK(!json_at(reader, v, "a/x"));
	CHECK(!json_at(reader, v, "b/c/d"));
}

static void test_nul_in_a_string_stays(void)
{
	const struct json *v = read_text("\"a\\u0000b\"");
	CHECK(v && v->text.n == 3 && memcmp(v->text.p, "a\0b", 3) == 0);
}

static void test_pointers(void)
{
	char out[64];
	const struct json *v = read_text("{\"a\":[0,{\"b.c\":[1]}],\"John Doe\":{\"x\":1}}");
	json_pointer(reader, v, json_at(reader, v, "a/1/b.c/0"), out, sizeof out);
	CHECK_STR(str_of(out), "/a/1/b.c/0");
	json_pointer(reader, v, json_at(reader, v, "John Doe/x"), out, sizeof out);
	CHECK_STR(str_of(out), "/?/x"); /* a key can be PHI */
	json_pointer(reader, v, json_at(reader, v, "a/1/b.c/0"), out, 6);
	CHECK_STR(str_of(out), "/a/1/");
	const struct json *inner = json_at(reader, v, "a/1");
	json_pointer(reader, inner, json_at(reader, v, "a/1/b.c"), out, sizeof out);
	CHECK_STR(str_of(out), "/b.c");
	CHECK(!read_text("{\"a\":[1,2,{\"b\":tru}]}"));
	CHECK_STR(str_of(fault.pointer), "/a/2/b");
	CHECK_INT(fault.offset, 15);
}

static void test_paths_spell_slash_and_tilde(void)
{
	const struct json *v = read_text("{\"a/b\":{\"~1\":1,\"/\":2,\"~\":3},\"~x\":4}");
	CHECK_STR(json_at(reader, v, "a~1b/~01")->text, "1");
	CHECK_STR(json_at(reader, v, "a~1b/~1")->text, "2");
	CHECK_STR(json_at(reader, v, "a~1b/~0")->text, "3");
	CHECK_STR(json_at(reader, v, "~x")->text, "4"); /* no escape: itself */
	CHECK(!json_at(reader, v, "a~0b"));
	CHECK(!json_at(reader, v, "a~1"));
	CHECK(!json_at(reader, v, "a~1bc"));
}

static void test_pointers_show_no_key_unasked(void)
{
	struct json_reader *r = json_reader_new((struct json_limits){ .bytes = 64, .depth = 3, .nodes = 8 });
	CHECK(!json_read(r, STR("{\"123-45-6789\":[1,x]}"), &fault));
	CHECK_STR(str_of(fault.pointer), "/?/1");
	json_reader_free(r);
}

static void canonical(const char *text, const char *want)
{
	struct buf b;
	buf_init(&b, 1 << 16);
	const struct json *v = read_text(text);
	CHECK(v != NULL);
	if (v)
		json_canonical(reader, v, NULL, &b);
	CHECK_STR(buf_view(&b), want);
	buf_free(&b);
}

static void test_canonical(void)
{
	canonical(" { \"b\" : 1.50 , \"a\" : [ true , null ] , \"aa\" : { } } ", "{\"a\":[true,null],\"aa\":{},\"b\":1.5}");
	canonical("\"\\u00e9\\/\\u0041\\u001f\\n\"", "\"\xc3\xa9/A\\u001f\\n\"");
	canonical("[-0,15e-1,1E2,100,0.0]", "[0,1.5,100,100,0]");
	canonical("{\"longer-than-8-b\":1,\"longer-than-8-a\":2,\"\":0}", "{\"\":0,\"longer-than-8-a\":2,\"longer-than-8-b\":1}");
}

static void test_canonical_skips(void)
{
	struct buf b;
	buf_init(&b, 1 << 16);
	const struct json *v = read_text("{\"a\":1,\"b\":{\"c\":2,\"d\":3},\"e\":[1]}");
	json_canonical(reader, v, json_at(reader, v, "b/c"), &b);
	CHECK_STR(buf_view(&b), "{\"a\":1,\"b\":{\"d\":3},\"e\":[1]}");
	buf_clear(&b);
	json_canonical(reader, v, json_at(reader, v, "e/0"), &b);
	CHECK_STR(buf_view(&b), "{\"a\":1,\"b\":{\"c\":2,\"d\":3},\"e\":[]}");
	buf_free(&b);
}

static void test_writer(void)
{
	struct buf b;
	struct json_writer w;
	buf_init(&b, 1 << 16);
	json_writer_init(&w, &b, false);
	json_open(&w, '{');
	json_key(&w, "a");
	json_open(&w, '[');
	json_int(&w, -3);
	json_decimal(&w, 1500000000, 9);
	json_real(&w, 0.125, 6);
	json_real(&w, 0.0 / 0.0, 6);
	json_bool(&w, true);
	json_str(&w, (struct str){ 0 });
	json_close(&w, ']');
	json_key_str(&w, STR("k\"\x01\n"));
	json_z(&w, "v\\");
	json_key(&w, "raw");
	json_raw(&w, STR("{}"));
	json_close(&w, '}');
	CHECK_STR(buf_view(&b), "{\"a\":[-3,1.5,0.125,null,true,null],\"k\\\"\\u0001\\n\":\"v\\\\\",\"raw\":{}}");
	CHECK(buf_ok(&b));
	buf_free(&b);
}

static void test_writer_lines(void)
{
	struct buf b;
	struct json_writer w;
	buf_init(&b, 1 << 16);
	json_writer_init(&w, &b, true);
	json_open(&w, '{');
	json_key(&w, "a");
	json_open(&w, '[');
	json_close(&w, ']');
	json_key(&w, "b");
	json_open(&w, '{');
	json_key(&w, "c");
	json_int(&w, 1);
	json_close(&w, '}');
	json_key(&w, "rows");
	json_open(&w, '[');
	for (int i = 0; i < 2; i++) {
		json_open(&w, '{');
		json_key(&w, "d");
		json_open(&w, '[');
		json_int(&w, i);
		json_int(&w, 3);
		json_close(&w, ']');
		json_close(&w, '}');
	}
	json_close(&w, ']');
	json_key(&w, "e");
	json_open(&w, '{');
	json_key(&w, "f");
	json_null(&w);
	json_close(&w, '}');
	json_close(&w, '}');
	CHECK_STR(buf_view(&b), "{\n  \"a\": [],\n  \"b\": {\n    \"c\": 1\n  },\n  \"rows\": [\n    {\"d\":[0,3]},\n    {\"d\":[1,3]}\n  ],\n"
	                        "  \"e\": {\n    \"f\": null\n  }\n}");
	buf_free(&b);
}

int main(void)
{
	reader = json_reader_new((struct json_limits){ .bytes = 1 << 20, .depth = 32, .nodes = 65536, .may_show = no_name });
	RUN(test_accepts_rfc_8259);
	RUN(test_refuses_what_is_not_json);
	RUN(test_refuses_bad_utf8);
	RUN(test_refuses_duplicate_keys);
	RUN(test_many_keys);
	RUN(test_limits);
	RUN(test_numbers_beyond_a_double);
	RUN(test_values);
	RUN(test_nul_in_a_string_stays);
	RUN(test_pointers);
	RUN(test_paths_spell_slash_and_tilde);
	RUN(test_pointers_show_no_key_unasked);
	RUN(test_canonical);
	RUN(test_canonical_skips);
	RUN(test_writer);
	RUN(test_writer_lines);
	json_reader_free(reader);
	return unit_done();
}
