/* io/tool: a whole tool in a process of its own, with the descriptors that a shell may give it. */
#include "io/tool.h"

#include "../lib/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLOSED (-2)
#define CAUGHT (-3)

/* What the tool is given, and what came of it. */
static struct {
	const char *argv[2], *environment[2];
	int in, out; /* a descriptor, CLOSED, or (out only) CAUGHT */
	int status;
	char said[4096], printed[4096]; /* on stderr, on stdout */
} run;

static struct tool tool;
static int64_t count;
static const char *echo;

static const struct option options[] = {
	{ "count", 'n', OPTION_INT, &count, "N", "how many", "ROS_COUNT", 1, 9, NULL },
	{ "echo", 'e', OPTION_TEXT, &echo, "TEXT", "what to print", NULL, 0, 0, NULL },
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-test",
	.synopsis = "[option ...] [FILE ...]\n--check",
	.summary = "Tests the tools' frame.",
	.examples = "ros-test --count 3\nros-test -e x",
};

/* Prints --echo, reads a byte of stdin where an operand is given. */
static int tool_main(int argc, char **argv, char **environment)
{
	int status;
	char byte;
	struct err e;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	log_note(&tool.log, "at work");
	if (echo)
		out_fmt(&tool.out, "%s\n", echo);
	if (tool.n_operands > 0 && read(STDIN_FILENO, &byte, 1) < 0) {
		err_sys(&e, ROS_LATER, "cannot read");
		return tool_end(&tool, tool_fail(&tool, &e));
	}
	int fd = open("/dev/null", O_RDONLY); /* must not land on a standard descriptor */
	return tool_end(&tool, fd > STDERR_FILENO ? ROS_REFUSED : ROS_BUG);
}

static void place(int fd, int at)
{
	if (fd == CLOSED)
		close(at);
	else
		dup2(fd, at);
}

static void read_back(FILE *f, char *text, size_t size)
{
	rewind(f);
	text[fread(text, 1, size - 1, f)] = '\0';
	fclose(f);
}

static void start(void)
{
	int argc = 1, status = -1;
	FILE *err = tmpfile(), *out = tmpfile();
	const char *argv[] = { "ros-test", run.argv[0], run.argv[1], NULL };
	while (argv[argc])
		argc++;
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		signal(SIGPIPE, SIG_DFL);
		dup2(fileno(err), STDERR_FILENO);
		place(run.in, STDIN_FILENO);
		place(run.out == CAUGHT ? fileno(out) : run.out, STDOUT_FILENO);
		exit(tool_main(argc, (char **)argv, (char **)run.environment));
	}
	waitpid(child, &status, 0);
	run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
	read_back(err, run.said, sizeof run.said);
	read_back(out, run.printed, sizeof run.printed);
}

/* Runs the tool with up to two arguments on good descriptors. */
static void run_with(const char *first, const char *second)
{
	run.argv[0] = first;
	run.argv[1] = second;
	run.in = STDIN_FILENO;
	run.out = CAUGHT;
	start();
}

static void works(void)
{
	run_with("--echo", "hello");
	CHECK_INT(run.status, ROS_REFUSED);
	CHECK_STR(str_of(run.printed), "hello\n");
	CHECK_STR(str_of(run.said), "");
	run_with("-v", NULL);
	CHECK_STR(str_of(run.said), "ros-test: at work\n");
}

static void help(void)
{
	run_with("--help", NULL);
	CHECK_INT(run.status, ROS_DONE);
	CHECK_STR(str_of(run.said), "");
	CHECK_STR(str_of(run.printed), "usage: ros-test [option ...] [FILE ...]\n"
	                               "       ros-test --check\n"
	                               "\n"
	                               "Tests the tools' frame.\n"
	                               "\n"
	                               "options:\n"
	                               "  -n, --count N            how many\n"
	                               "  -e, --echo TEXT          what to print\n"
	                               "  -q, --quiet              print errors only\n"
	                               "  -v, --verbose            say what is done\n"
	                               "      --log-format FORMAT  messages as text or json\n"
	                               "      --completion SHELL   print a completion script (bash)\n"
	                               "  -h, --help               print this help\n"
	                               "  -V, --version            print the version\n"
	                               "\n"
	                               "examples:\n"
	                               "  ros-test --count 3\n"
	                               "  ros-test -e x\n");
}

static void version_and_completion(void)
{
	run_with("--version", NULL);
	CHECK_INT(run.status, ROS_DONE);
	CHECK_STR(str_of(run.printed), "ros-test " ROS_VERSION_TEXT "\n");
	run_with("--completion", "bash");
	CHECK_INT(run.status, ROS_DONE);
	CHECK(strstr(run.printed, "complete -o default -F _ros_test ros-test\n"));
}

static void usage(void)
{
	run_with("--foo", NULL);
	CHECK_INT(run.status, ROS_USAGE);
	CHECK_STR(str_of(run.printed), "");
	CHECK_STR(str_of(run.said), "ros-test: unknown option --foo (see --help)\n");
	run_with("--completion", "fish");
	CHECK_INT(run.status, ROS_USAGE);
	run_with("--count", "10");
	CHECK_STR(str_of(run.said), "ros-test: --count: '10' is not an integer from 1 to 9\n");
}

static void bad_settings(void)
{
	run.environment[0] = "ROS_COUNT=x";
	run_with(NULL, NULL);
	CHECK_INT(run.status, ROS_CONFIG);
	CHECK_STR(str_of(run.said), "ros-test: ROS_COUNT: 'x' is not an integer from 1 to 9\n");
	run_with("--help", NULL);
	CHECK_INT(run.status, ROS_DONE);
	run.environment[0] = "ROS_CONFIG=/nowhere";
	run_with(NULL, NULL);
	CHECK_INT(run.status, ROS_CONFIG);
	CHECK_STR(str_of(run.said), "ros-test: cannot open /nowhere: no such file or directory\n");
	run_with("--version", NULL);
	CHECK_INT(run.status, ROS_DONE);
	run.environment[0] = NULL;
}

static void messages_as_json(void)
{
	run_with("--log-format=json", "-v");
	CHECK(strstr(run.said, "\"tool\":\"ros-test\",\"level\":\"note\",\"message\":\"at work\"}\n"));
}

static void lost_output(void)
{
	int full = open("/dev/full", O_WRONLY);
	run_with("-e", "x");
	run.out = full;
	start();
	CHECK_INT(run.status, ROS_IO);
	CHECK_STR(str_of(run.said), "ros-test: cannot write standard output: no space left on device\n");
	run.out = CLOSED;
	start();
	CHECK_INT(run.status, ROS_IO);
	CHECK_STR(str_of(run.said), "ros-test: cannot write standard output: bad file descriptor\n");
	close(full);
}

/* A status above 74 says more than that output was lost. */
static void lost_output_after_worse(void)
{
	run.argv[0] = "-ex";
	run.argv[1] = "operand";
	run.in = run.out = CLOSED;
	start();
	CHECK_INT(run.status, ROS_LATER);
	CHECK_STR(str_of(run.said), "ros-test: cannot read: bad file descriptor\n"
	                            "ros-test: cannot write standard output: bad file descriptor\n");
}

static void closed_and_unused(void)
{
	run_with(NULL, NULL);
	run.in = run.out = CLOSED;
	start();
	CHECK_INT(run.status, ROS_REFUSED);
	CHECK_STR(str_of(run.said), "");
}

static void no_reader(void)
{
	int fd[2];
	if (pipe(fd) != 0)
		abort();
	close(fd[0]);
	run_with("-e", "x");
	run.out = fd[1];
	start();
	CHECK_INT(run.status, 1000 + SIGPIPE);
	CHECK_STR(str_of(run.said), "");
	close(fd[1]);
}

int main(void)
{
	RUN(works);
	RUN(help);
	RUN(version_and_completion);
	RUN(usage);
	RUN(bad_settings);
	RUN(messages_as_json);
	RUN(lost_output);
	RUN(lost_output_after_worse);
	RUN(closed_and_unused);
	RUN(no_reader);
	return unit_done();
}
