/* base/str, base/buf, base/map, base/err: bytes and texts. */
#include "base/str.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "base/mem.h"
#include "../lib/unit.h"

#include <errno.h>
#include <stdlib.h>

static void compare(void)
{
	CHECK(str_eq(STR("abc"), STR("abc")));
	CHECK(!str_eq(STR("abc"), STR("abd")));
	CHECK(!str_eq(STR("abc"), STR("ab")));
	CHECK(str_is(STR("abc"), "abc"));
	CHECK(str_cmp(STR("a"), STR("b")) < 0);
	CHECK(str_cmp(STR("b"), STR("a")) > 0);
	CHECK(str_cmp(STR("a"), STR("ab")) < 0);
	CHECK(str_cmp(STR("\x7f"), STR("\x80")) < 0);
	CHECK_INT(str_cmp(STR("ab"), STR("ab")), 0);
	CHECK(str_of(NULL).p == NULL);
	CHECK(str_starts(STR("abc"), "ab"));
	CHECK(!str_starts(STR("a"), "ab"));
}

static void trim_and_cut(void)
{
	struct str head, rest;
	CHECK_STR(str_trim(STR(" \t\r\na b\n ")), "a b");
	CHECK_STR(str_trim(STR(" \n")), "");
	rest = str_cut(STR("k=v=w"), '=', &head);
	CHECK_STR(head, "k");
	CHECK_STR(rest, "v=w");
	rest = str_cut(STR("k="), '=', &head);
	CHECK_STR(head, "k");
	CHECK(rest.p && rest.n == 0);
	rest = str_cut(STR("k"), '=', &head);
	CHECK_STR(head, "k");
	CHECK(!rest.p);
}

static void glob(void)
{
	CHECK(str_glob(STR("gpt-*"), STR("gpt-4o")));
	CHECK(str_glob(STR("*"), STR("")));
	CHECK(str_glob(STR("*mini*"), STR("gpt-4o-mini-2024")));
	CHECK(str_glob(STR("a*b*c"), STR("axxbyybzzc")));
	CHECK(str_glob(STR("gpt-?"), STR("gpt-4")));
	CHECK(str_glob(STR("a**b"), STR("ab")));
	CHECK(!str_glob(STR("gpt-?"), STR("gpt-")));
	CHECK(!str_glob(STR("gpt"), STR("gpt-4")));
	CHECK(!str_glob(STR("*mini"), STR("gpt-4o-mini-2024")));
	CHECK(!str_glob(STR("GPT"), STR("gpt")));
	CHECK(!str_glob(STR(""), STR("a")));
}

static void utf8(void)
{
	static const char *const good[] = {
		"", "plain ascii, long enough for words", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
		"\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "12345678\xc3\xa9",
	};
	static const char *const bad[] = {
		"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82",
		"\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc2\x41",
		"12345678\xe2\x28\xa1", "\xf0\x90\x80\x41",
	};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		CHECK(str_utf8(str_of(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!str_utf8(str_of(bad[i])));
	CHECK(str_utf8(STR("a\0b")));
	CHECK_INT(str_codepoints(STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")), 4);
}

static void mask(void)
{
	char text[] = "a\nb\x1b[2J\x7f \xc3\xa4\xc2\x85\xff\0z";
	str_mask(text, sizeof text - 1);
	CHECK_STR(((struct str){ text, sizeof text - 1 }), "a?b?[2J? \xc3\xa4????z");
	str_mask(text, 0);
}

static void lines_become_one(void)
{
	struct buf b;
	buf_init(&b, 10);
	buf_str(&b, STR("\n"));
	buf_line(&b, STR("a\r\nb\n"));
	CHECK_STR(buf_view(&b), "\na  b ");
	buf_line(&b, (struct str){ NULL, 0 });
	CHECK_INT(b.n, 6);
	buf_line(&b, STR("12345"));
	CHECK(!buf_ok(&b));
	buf_free(&b);
}

static void append(void)
{
	struct buf b;
	buf_init(&b, 1000);
	CHECK_STR(buf_view(&b), "");
	CHECK(strcmp(buf_cstr(&b), "") == 0);
	buf_z(&b, "a");
	buf_char(&b, 'b');
	buf_str(&b, STR("cd"));
	buf_int(&b, INT64_MIN);
	buf_int(&b, 0);
	buf_fmt(&b, "<%d %s>", 7, "x");
	buf_hex(&b, "\x00\xff", 2);
	CHECK(strcmp(buf_cstr(&b), "abcd-92233720368547758080<7 x>00ff") == 0);
	buf_drop(&b, 4);
	CHECK_STR(buf_view(&b), "-92233720368547758080<7 x>00ff");
	buf_clear(&b);
	CHECK(b.p && *b.p == '\0' && b.n == 0);
	buf_free(&b);
}

static void append_to_the_maximum(void)
{
	struct buf b;
	buf_init(&b, 5);
	buf_z(&b, "12345");
	CHECK(buf_ok(&b));
	buf_char(&b, '6');
	CHECK(!buf_ok(&b));
	buf_z(&b, "");
	CHECK(!buf_ok(&b));
	CHECK(strcmp(buf_cstr(&b), "12345") == 0);
	buf_clear(&b);
	CHECK(buf_ok(&b));
	buf_fmt(&b, "%s", "123456");
	CHECK(!buf_ok(&b) && b.n == 0);
	buf_free(&b);
	buf_hex(&b, "abc", 3);
	CHECK(!buf_ok(&b));
	buf_free(&b);
}

static void reserve(void)
{
	struct buf b;
	buf_init(&b, 100000);
	buf_z(&b, "x");
	char *to = buf_reserve(&b, 5000);
	CHECK(to);
	memset(to, 'y', 5000);
	b.n += 5000;
	CHECK_INT(strlen(buf_cstr(&b)), 5001);
	CHECK(!buf_reserve(&b, SIZE_MAX));
	CHECK(!buf_ok(&b));
	buf_free(&b);
}

static struct str key_number(int i)
{
	static char text[20];
	return (struct str){ text, (size_t)snprintf(text, sizeof text, "key %d", i) };
}

static void map_many(void)
{
	struct map *m = map_new();
	struct str key;
	for (int i = 0; i < 10000; i++)
		*map_put(m, key_number(i)) += i;
	for (int i = 0; i < 10000; i += 2)
		*map_put(m, key_number(i)) += 1;
	CHECK_INT(map_count(m), 10000);
	size_t at = 0;
	int i = 0;
	for (int64_t *v; (v = map_next(m, &at, &key)); i++) {
		CHECK(str_eq(key, key_number(i)));
		CHECK_INT(*v, i + (i % 2 == 0));
	}
	CHECK_INT(i, 10000);
	CHECK(!map_get(m, STR("key 10000")));
	map_clear(m);
	CHECK_INT(map_count(m), 0);
	CHECK(!map_get(m, STR("key 1")));
	map_free(m);
}

static void map_keys(void)
{
	struct map *m = map_new();
	CHECK(!map_get(m, STR("")));
	*map_put(m, STR("")) = 5;
	*map_put(m, STR("a\0b")) = 6;
	*map_put(m, STR("a\0c")) = 7;
	CHECK_INT(*map_get(m, STR("")), 5);
	CHECK_INT(*map_get(m, STR("a\0b")), 6);
	CHECK_INT(*map_get(m, STR("a\0c")), 7);
	map_free(m);
	map_free(NULL);
}

static void errors(void)
{
	struct err e;
	CHECK_INT(err_set(&e, ROS_INPUT, "line %d of %s", 3, "a\x1b[31m\tb\x7f\xc2\x9b\xff\xc3\xa9"), -1);
	CHECK_INT(e.status, ROS_INPUT);
	CHECK_STR(str_of(e.text), "line 3 of a?[31m?b????\xc3\xa9");
	errno = ECONNREFUSED;
	CHECK_INT(err_sys(&e, ROS_UNREACHABLE, "cannot reach %s", "here"), -1);
	CHECK_STR(str_of(e.text), "cannot reach here: connection refused");
	CHECK_INT(err_set(NULL, ROS_BUG, "%s", "nobody asks"), -1);
	CHECK_INT(err_sys(NULL, ROS_BUG, "%s", "nobody asks"), -1);
}

static void long_errors_are_cut(void)
{
	struct err e;
	char text[1000];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	err_sys(&e, ROS_IO, "%s", text);
	CHECK_INT(strlen(e.text), sizeof e.text - 1);
}

static void copies(void)
{
	char *z = mem_strdup(STR("abc"));
	CHECK(z && strcmp(z, "abc") == 0);
	mem_wipe(z, 3);
	CHECK(z[0] == 0 && z[2] == 0);
	free(z);
	CHECK(!mem_strdup(str_of(NULL)));
	int *numbers = mem_array(3, sizeof *numbers);
	CHECK(numbers[0] == 0 && numbers[2] == 0);
	numbers = mem_grow(numbers, 100, sizeof *numbers);
	CHECK_INT(numbers[2], 0);
	free(numbers);
}

int main(void)
{
	RUN(compare);
	RUN(trim_and_cut);
	RUN(glob);
	RUN(utf8);
	RUN(mask);
	RUN(append);
	RUN(lines_become_one);
	RUN(append_to_the_maximum);
	RUN(reserve);
	RUN(map_many);
	RUN(map_keys);
	RUN(errors);
	RUN(long_errors_are_cut);
	RUN(copies);
	return unit_done();
}
