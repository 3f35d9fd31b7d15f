/* See the header. A line is one write to a descriptor that appends, so that the lines of several processes do not mix. */
#include "stats/trace.h"

#include "base/num.h"
#include "base/timefmt.h"
#include "io/file.h"
#include "json/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define LINE_MAX_BYTES ((size_t)1 << 20)
#define LOGIN_UID "/proc/self/loginuid" /* who logged in, whatever became of the user since: proc_pid_loginuid(5) */
#define NO_LOGIN UINT32_MAX

static const char *const filters[] = { "run", "project", "tenant", "mode", "tier", "from", "to", "since", "against", "consumer", "group" };

static void add_text(struct json_writer *w, const char *name, const char *text)
{
	json_key(w, name);
	json_str(w, str_utf8(str_of(text)) ? str_of(text) : STR("?"));
}

static void add_time(struct json_writer *w, const char *name, int64_t ms)
{
	char time[TIME_TEXT];
	time_format(ms, time);
	add_text(w, name, time);
}

static void add_login(struct json_writer *w)
{
	struct buf text;
	int64_t uid;
	buf_init(&text, 64);
	json_key(w, "login_uid");
	if (file_read(LOGIN_UID, &text, NULL) == 0 && num_int_in(str_trim(buf_view(&text)), 0, NO_LOGIN - 1, &uid))
		json_int(w, uid);
	else
		json_null(w);
	buf_free(&text);
}

static void add_user(struct json_writer *w)
{
	struct utsname host;
	const struct passwd *user = getpwuid(getuid());
	json_key(w, "uid");
	json_int(w, getuid());
	add_text(w, "user", user ? user->pw_name : NULL);
	add_login(w);
	add_text(w, "host", uname(&host) == 0 ? host.nodename : NULL);
}

/* What the option was given, where it was. */
static void add_filter(struct json_writer *w, const struct option *o)
{
	const struct option_time *time = o->to;
	const char *const *text = o->to;
	if (o->kind == OPTION_TIME && time->given)
		add_time(w, o->name, time->ms);
	else if ((o->kind == OPTION_TEXT || o->kind == OPTION_ENUM) && *text)
		add_text(w, o->name, *text);
}

static bool is_filter(const struct option *o)
{
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
		if (strcmp(o->name, filters[i]) == 0)
			return true;
	return false;
}

static void add_question(struct json_writer *w, const struct tool *t)
{
	add_text(w, "version", ROS_VERSION_TEXT);
	json_key(w, "command");
	json_open(w, '[');
	for (size_t i = 0; i < t->n_operands; i++)
		json_z(w, t->operands[i]);
	json_close(w, ']');
	json_key(w, "filter");
	json_open(w, '{');
	for (const struct option *o = t->options; o->name; o++)
		if (is_filter(o))
			add_filter(w, o);
	json_close(w, '}');
}

/* What both lines have. */
static void open_line(struct json_writer *w, struct buf *line, const struct trace *trace, const struct tool *t, const char *event)
{
	buf_init(line, LINE_MAX_BYTES);
	json_writer_init(w, line, false);
	json_open(w, '{');
	add_text(w, "event", event);
	add_text(w, "access", trace->access);
	add_time(w, "time", time_now_ms());
	add_text(w, "tool", t->page->name);
	json_key(w, "pid");
	json_int(w, getpid());
}

/* A device or a pipe cannot be synced (EINVAL), and need not be. */
static int append(const struct trace *trace, struct json_writer *w, struct buf *line, struct err *e)
{
	json_close(w, '}');
	buf_char(line, '\n');
	errno = ENOSPC; /* where only a part was taken */
	int rc = 0;
	if (write(trace->fd, line->p, line->n) != (ssize_t)line->n || (fsync(trace->fd) != 0 && errno != EINVAL))
		rc = err_sys(e, ROS_IO, "cannot write the audit log %s", trace->file);
	buf_free(line);
	return rc;
}

static void forget(struct trace *trace)
{
	close(trace->fd);
	trace->fd = -1;
}

int trace_begin(struct trace *trace, const struct tool *t, struct err *e)
{
	struct json_writer w;
	struct buf line;
	struct uuid access = uuid_random();
	if (!trace->file)
		return 0;
	trace->fd = open(trace->file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	if (trace->fd < 0)
		return err_sys(e, ROS_IO, "nothing is read without a trace: cannot open the audit log %s", trace->file);
	uuid_format(&access, trace->access);
	open_line(&w, &line, trace, t, "begin");
	add_user(&w);
	add_question(&w, t);
	int rc = append(trace, &w, &line, e);
	if (rc != 0)
		forget(trace);
	return rc;
}

int trace_end(struct trace *trace, struct tool *t, int64_t rows, int status)
{
	struct json_writer w;
	struct buf line;
	struct err e;
	if (trace->fd < 0)
		return status;
	if (out_flush(&t->out, NULL) != 0 && status < ROS_IO)
		status = ROS_IO;
	open_line(&w, &line, trace, t, "end");
	json_key(&w, "rows");
	if (rows == TRACE_ROWS_UNKNOWN)
		json_null(&w);
	else
		json_int(&w, rows);
	json_key(&w, "status");
	json_int(&w, status);
	if (append(trace, &w, &line, &e) != 0)
		status = tool_fail(t, &e);
	forget(trace);
	return status;
}
