/* common/csv: rows of a CSV text. */
#include "csv/read.h"
#include "../lib/unit.h"

/* The rows of a text as "line:cell|cell;", what is bad as "line!why;". */
static void check_delimited(char delimiter, const char *text, const char *want)
{
	struct table *t = table_new(delimiter);
	struct str rest = str_of(text);
	struct buf got;
	uint64_t number = 0;
	buf_init(&got, 65536);
	for (bool end = false; !end;) {
		struct table_row row;
		struct err e;
		struct str line = rest;
		enum table_result result;
		rest = str_cut(rest, '\n', &line);
		end = !rest.p;
		result = table_line(t, line, !end, ++number, &row, &e);
		if (result == TABLE_MORE && end)
			result = table_end(t, &row, &e);
		if (result == TABLE_BAD)
			buf_fmt(&got, "%" PRIu64 "!%s;", row.line, e.text);
		if (result != TABLE_ROW)
			continue;
		buf_fmt(&got, "%" PRIu64 ":", row.line);
		for (size_t i = 0; i < row.n; i++) {
			buf_z(&got, i ? "|" : "");
			buf_str(&got, row.cells[i]);
		}
		buf_char(&got, ';');
	}
	CHECK_STR(buf_view(&got), want);
	buf_free(&got);
	table_free(t);
}

static void check_rows(const char *text, const char *want)
{
	check_delimited(',', text, want);
}

static void rows(void)
{
	check_rows("a,b\n1,2\n", "1:a|b;2:1|2;");
	check_rows("a,b\r\n\r\n\n1,2", "1:a|b;4:1|2;");
	check_rows("\"x,\"\"y\"\"\",\"p\nq\"\nz,\n", "1:x,\"y\"|p\nq;3:z|;");
	check_rows("a\n1\"2\n\"3\"4\n5\n", "1:a;2!misplaced quote;3!misplaced quote;4:5;");
	check_rows("a\n\"1\n2\n3", "1:a;2!quote left open (the row goes on to line 4);");
	check_rows("a\n\xff\n1\n", "1:a;2!not UTF-8;3:1;");
}

/* RFC 4180: "Spaces are considered part of a field and should not be ignored." */
static void blanks_are_part_of_a_cell(void)
{
	check_rows(" a ,\tb\n\" a \",\"\tb\"\n", "1: a |\tb;2: a |\tb;");
	check_rows("a, \n , \r\n \n", "1:a| ;2: | ;3: ;");
	check_rows("a, \"b\"\n\"a\" ,b\n", "1!misplaced quote;2!misplaced quote;");
	check_rows("a\r,b\r\r\n\"a\"\r\n", "1:a\r|b\r;2:a;");
	check_rows("\"a\r\nb\r\"\r\n\"a\r\n\"\"\"\r\n1\r", "1:a\r\nb\r;3:a\r\n\";5:1;");
}

static void other_delimiters(void)
{
	check_delimited(';', "a;b\n1,5;\"2;\"\n", "1:a|b;2:1,5|2;;");
	check_delimited('\t', "a\tb\nx\"\n1\t2\n", "1:a|b;2!misplaced quote;3:1|2;"); /* also after a row that was dropped */
}

static void row_without_end(void)
{
	struct table *t = table_new(',');
	struct table_row row;
	struct err e;
	char line[1024];
	uint64_t number = 1;
	memset(line, 'x', sizeof line);
	line[0] = '"';
	enum table_result result = table_line(t, (struct str){ line, sizeof line }, true, number, &row, &e);
	line[0] = 'x';
	while (result == TABLE_MORE)
		result = table_line(t, (struct str){ line, sizeof line }, true, ++number, &row, &e);
	CHECK_INT(result, TABLE_BAD);
	CHECK_INT(row.line, 1);
	CHECK(number * sizeof line <= CSV_ROW_MAX + sizeof line);
	CHECK_INT(table_line(t, STR("1,2"), true, ++number, &row, &e), TABLE_ROW);
	CHECK_INT(row.n, 2);
	table_free(t);
}

int main(void)
{
	RUN(rows);
	RUN(blanks_are_part_of_a_cell);
	RUN(other_delimiters);
	RUN(row_without_end);
	return unit_done();
}
