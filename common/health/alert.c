/* See the header. */
#include "health/alert.h"

#include "base/mem.h"
#include "base/timefmt.h"
#include "health/render.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT_BYTES 32768
#define OWN_VARIABLES 3

static bool is_due(const struct alert *a, const struct health_report *r, const struct past *past)
{
	int64_t since = time_now_ms() - past->told_ms;
	bool cool = past->told_ms == 0 || since >= a->cool_down_ms || since < 0;
	return a->command && !a->running && r->state != past->told && cool;
}

static _Noreturn void run(const struct alert *a, char *own[OWN_VARIABLES])
{
	size_t n = 0;
	while (a->environment[n])
		n++;
	char **environment = mem_array(OWN_VARIABLES + n + 1, sizeof *environment);
	memcpy(environment, a->environment, n * sizeof *environment);
	memcpy(environment + n, own, OWN_VARIABLES * sizeof *environment); /* of two of a name the shell takes the last */
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (nothing >= 0)
		dup2(nothing, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	execle("/bin/sh", "sh", "-c", a->command, (char *)NULL, environment);
	_exit(127);
}

static void make_variable(struct buf *out, const char *name, const char *value)
{
	buf_init(out, TEXT_BYTES + 64);
	buf_fmt(out, "%s=%s", name, value);
}

static int start(struct alert *a, const struct health_report *r, enum health_state previous, struct err *e)
{
	struct buf words, state, before, text;
	buf_init(&words, TEXT_BYTES);
	render_words(r, &words);
	make_variable(&state, "ROS_HEALTH_STATE", health_state_name(r->state));
	make_variable(&before, "ROS_HEALTH_PREVIOUS", health_state_name(previous));
	make_variable(&text, "ROS_HEALTH_TEXT", buf_cstr(&words));
	int rc = child_fork(&a->child, e);
	if (rc == 1)
		run(a, (char *[OWN_VARIABLES]){ state.p, before.p, text.p });
	buf_free(&words);
	buf_free(&state);
	buf_free(&before);
	buf_free(&text);
	return rc;
}

int alert_begin(struct alert *a, const struct health_report *r, struct past *past, struct err *e)
{
	if (!is_due(a, r, past))
		return 0;
	enum health_state previous = past->told;
	past->told = r->state;
	past->told_ms = time_now_ms();
	if (start(a, r, previous, e) < 0)
		return -1;
	a->deadline = time_monotonic_ms() + ALERT_MS;
	a->running = true;
	a->late = false;
	return 0;
}

static bool fails(const struct alert *a, struct err *e)
{
	if (a->late)
		err_set(e, ROS_REFUSED, "the command of --exec took longer than %d ms and was killed", ALERT_MS);
	else if (WIFSIGNALED(a->child.status))
		err_set(e, ROS_REFUSED, "the command of --exec was ended by signal %d", WTERMSIG(a->child.status));
	else if (WEXITSTATUS(a->child.status) != 0)
		err_set(e, ROS_REFUSED, "the command of --exec failed with status %d", WEXITSTATUS(a->child.status));
	else
		return false;
	return true;
}

bool alert_done(struct alert *a, bool *failed, struct err *e)
{
	*failed = false;
	if (!a->running)
		return true;
	if (child_ended(&a->child)) {
		a->running = false;
		*failed = fails(a, e);
	} else if (time_monotonic_ms() >= a->deadline) {
		a->late = true;
		child_kill(&a->child);
	}
	return !a->running;
}
