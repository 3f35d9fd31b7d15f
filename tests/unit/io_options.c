/* io/options: command lines, help and completion from one table. */
#include "io/options.h"

#include "../lib/unit.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const colours[] = { "red", "green", NULL };

static struct values {
	bool all, secure;
	const char *bus, *colour;
	struct option_list tags;
	int64_t count, large;
	struct option_time from;
} v;

static const struct option table[] = {
	{ "bus", 'b', OPTION_TEXT, &v.bus, "URL", "the bus", "ROS_BUS", 0, 0, NULL },
	{ "all", 'a', OPTION_FLAG, &v.all, NULL, "take all", NULL, 0, 0, NULL },
	{ "secure", 0, OPTION_FLAG, &v.secure, NULL, "be safe", "ROS_SECURE", 0, 0, NULL },
	{ "tag", 't', OPTION_LIST, &v.tags, "TAG", "a tag", NULL, 0, 0, NULL },
	{ "count", 'n', OPTION_INT, &v.count, "N", "how many", "ROS_COUNT", 1, 100, NULL },
	{ "large", 0, OPTION_INT, &v.large, "N", "at least one", NULL, 1, INT64_MAX, NULL },
	{ "from", 0, OPTION_TIME, &v.from, "TIME", "since when", NULL, 0, 0, NULL },
	{ "colour", 'c', OPTION_ENUM, &v.colour, "COLOUR", "which colour", "ROS_COLOUR", 0, 0, colours },
	{ 0 },
};

static const char *variable, *variable_value;

static const char *lookup(void *arg, const char *name)
{
	(void)arg;
	return variable && strcmp(variable, name) == 0 ? variable_value : NULL;
}

static const char **operands;
static size_t n_operands;
static struct err e;

static void clear(void)
{
	options_free(table);
	free(operands);
	operands = NULL;
	n_operands = 0;
	v = (struct values){ 0 };
}

/* Parses a command line of words between spaces. */
static int parse(const char *line)
{
	static char name[] = "ros-test", text[1000];
	char *argv[20] = { name }, *rest = text;
	int argc = 1;
	clear();
	snprintf(text, sizeof text, "%s", line);
	for (char *word; (word = strsep(&rest, " "));)
		if (argc < 20)
			argv[argc++] = word;
	return options_parse(table, line[0] ? argc : 1, argv, lookup, NULL, &operands, &n_operands, &e);
}

#define REFUSED(line, want) \
	do { \
		e = (struct err){ 0 }; \
		CHECK_INT(parse(line), -1); \
		CHECK_INT(e.status, ROS_USAGE); \
		CHECK_STR(str_of(e.text), want); \
	} while (0)

static void every_form(void)
{
	CHECK_INT(parse("--bus x --count=7"), 0);
	CHECK(strcmp(v.bus, "x") == 0 && v.count == 7);
	CHECK_INT(parse("-b x -n7"), 0);
	CHECK(strcmp(v.bus, "x") == 0 && v.count == 7);
	CHECK_INT(parse("-an 7"), 0);
	CHECK(v.all && v.count == 7);
	CHECK_INT(parse("--bus=a=b"), 0);
	CHECK(strcmp(v.bus, "a=b") == 0);
	CHECK_INT(parse("--bus="), 0);
	CHECK(strcmp(v.bus, "") == 0);
	CHECK_INT(parse("--count 1 --count 2"), 0);
	CHECK_INT(v.count, 2);
	CHECK_INT(parse("--bus --all"), 0);
	CHECK(strcmp(v.bus, "--all") == 0 && !v.all);
	CHECK_INT(parse("--from 2026-01-28 --colour green"), 0);
	CHECK(v.from.given && v.from.ms == INT64_C(1769558400000));
	CHECK(strcmp(v.colour, "green") == 0);
	CHECK_INT(parse(""), 0);
	CHECK(!v.bus && !v.all && !v.from.given && n_operands == 0);
}

static void lists(void)
{
	CHECK_INT(parse("-t a --tag b --tag=c -td"), 0);
	CHECK_INT(v.tags.n, 4);
	CHECK(strcmp(v.tags.v[0], "a") == 0 && strcmp(v.tags.v[3], "d") == 0);
}

static void operands_anywhere(void)
{
	CHECK_INT(parse("one --all - -- --bus --"), 0);
	CHECK_INT(n_operands, 4);
	CHECK(v.all && !v.bus);
	CHECK(strcmp(operands[0], "one") == 0 && strcmp(operands[1], "-") == 0);
	CHECK(strcmp(operands[2], "--bus") == 0 && strcmp(operands[3], "--") == 0);
}

static void refusals(void)
{
	REFUSED("--foo", "unknown option --foo (see --help)");
	REFUSED("--foo=secret", "unknown option --foo (see --help)");
	REFUSED("--co 7", "unknown option --co (see --help)");
	REFUSED("-ax", "unknown option -x (see --help)");
	REFUSED("--all=1", "option --all takes no value");
	REFUSED("--bus", "option --bus needs a value");
	REFUSED("-an", "option --count needs a value");
	REFUSED("--count 101", "--count: '101' is not an integer from 1 to 100");
	REFUSED("-n ten", "--count: 'ten' is not an integer from 1 to 100");
	REFUSED("--large 0", "--large: '0' is not an integer of at least 1");
	REFUSED("--from yesterday", "--from: 'yesterday' is not a date or an RFC 3339 date-time");
	REFUSED("--colour gre", "--colour: 'gre' is not one of red, green");
}

static void variables(void)
{
	variable = "ROS_COUNT";
	variable_value = "9";
	CHECK_INT(parse(""), 0);
	CHECK_INT(v.count, 9);
	CHECK_INT(parse("-n 8"), 0);
	CHECK_INT(v.count, 8);
	variable_value = "x";
	CHECK_INT(parse("-n 8"), 0);
	CHECK_INT(parse(""), -1);
	CHECK_INT(e.status, ROS_CONFIG);
	CHECK_STR(str_of(e.text), "ROS_COUNT: 'x' is not an integer from 1 to 100");
	variable = "ROS_COLOUR";
	CHECK_INT(parse(""), -1);
	CHECK_STR(str_of(e.text), "ROS_COLOUR: 'x' is not one of red, green");
	variable = NULL;
}

static void flags_from_variables(void)
{
	variable = "ROS_SECURE";
	variable_value = "1";
	CHECK_INT(parse(""), 0);
	CHECK(v.secure);
	variable_value = "no";
	CHECK_INT(parse(""), 0);
	CHECK(!v.secure);
	variable_value = "maybe";
	CHECK_INT(parse(""), -1);
	CHECK_STR(str_of(e.text), "ROS_SECURE: 'maybe' is not one of 1, true, yes, 0, false, no");
	variable = NULL;
}

static void help(void)
{
	struct buf b;
	buf_init(&b, 10000);
	options_help(table, &b);
	CHECK_STR(buf_view(&b), "  -b, --bus URL        the bus\n"
	                        "  -a, --all            take all\n"
	                        "      --secure         be safe\n"
	                        "  -t, --tag TAG        a tag\n"
	                        "  -n, --count N        how many\n"
	                        "      --large N        at least one\n"
	                        "      --from TIME      since when\n"
	                        "  -c, --colour COLOUR  which colour\n");
	buf_free(&b);
}

/* Runs bash over a script; what it prints goes to the file `result`. */
static void run_bash(FILE *script, FILE *result)
{
	int status = -1;
	fflush(script);
	rewind(script);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		dup2(fileno(script), STDIN_FILENO);
		dup2(fileno(result), STDOUT_FILENO);
		execlp("bash", "bash", "-eu", (char *)NULL);
		_exit(127);
	}
	waitpid(child, &status, 0);
	CHECK_INT(status, 0);
	rewind(result);
}

/* Bash itself is asked what it would offer for the word `at` of `ros-test` and these words. */
static void completes(const char *words, int at, const char *want)
{
	struct buf b;
	char got[1000] = "";
	FILE *script = tmpfile(), *result = tmpfile();
	buf_init(&b, 10000);
	options_completion(table, "ros-test", &b);
	fprintf(script, "%sCOMP_WORDS=(ros-test %s) COMP_CWORD=%d\n", buf_cstr(&b), words, at);
	fprintf(script, "_ros_test || true\necho \"${COMPREPLY[*]-}\"\n");
	run_bash(script, result);
	CHECK(fgets(got, sizeof got, result));
	CHECK_STR(str_trim(str_of(got)), want);
	fclose(script);
	fclose(result);
	buf_free(&b);
}

static void completion(void)
{
	completes("--co", 1, "--count --colour");
	completes("-", 1, "--bus --all --secure --tag --count --large --from --colour");
	completes("--colour ''", 2, "red green");
	completes("-c g", 2, "green");
	completes("--colour = r", 3, "red");
	completes("--colour =", 2, "red green");
	completes("--bus --", 2, "");
	completes("fil", 1, "");
}

int main(void)
{
	RUN(every_form);
	RUN(lists);
	RUN(operands_anywhere);
	RUN(refusals);
	RUN(variables);
	RUN(flags_from_variables);
	RUN(help);
	RUN(completion);
	clear();
	return unit_done();
}
