/* ros-migrate: brings the database to this program's version, takes versions back, says where it stands. */
#include "base/mem.h"
#include "base/num.h"
#include "base/timefmt.h"
#include "io/tool.h"
#include "json/writer.h"
#include "store/migrate.h"
#include "store/setup.h"

#include <inttypes.h>
#include <limits.h>

#define JSON_MAX ((size_t)1 << 20)

static struct tool tool;
static struct store_setup setup = STORE_SETUP_DEFAULTS;
static bool json;

static const struct option options[] = {
	STORE_OPTIONS(&setup),
	{ "json", 'j', OPTION_FLAG, &json, NULL, "status as JSON", NULL, 0, 0, NULL },
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-migrate",
	.synopsis = "[option ...] up\n[option ...] down [N]\n[option ...] status",
	.summary = "Brings the database up to this program's version, takes the last N versions (1) and their tables back, or says where it\n"
	           "stands.",
	.examples = "ros-migrate up\n"
	            "ros-migrate status --json\n",
};

static int run_steps(bool up, int steps, struct err *e)
{
	const char *path;
	struct db *db;
	if (store_setup_path(&setup, tool.config, &path, e) < 0 ||
	    migrate_open(&db, path, up ? DB_CREATE : DB_WRITE, store_setup_busy_ms(&setup), e) < 0)
		return -1;
	int rc = (up ? migrate_up : migrate_down)(db, migrations, n_migrations, &steps, e);
	db_close(db);
	if (rc < 0)
		return -1;
	log_note(&tool.log, "%d %s %s", steps, steps == 1 ? "migration" : "migrations", up ? "applied" : "taken back");
	return ROS_DONE;
}

static const char *word_of(const struct migrate_state *state)
{
	if (!state->applied)
		return "pending";
	return state->changed ? "changed" : "applied";
}

static void print_table(const struct migrate_state *state)
{
	out_fmt(&tool.out, "%-8s %-16s %-8s %s\n", "VERSION", "NAME", "STATE", "APPLIED");
	for (size_t i = 0; i < n_migrations; i++) {
		char time[TIME_TEXT] = "-";
		if (state[i].applied)
			time_format(state[i].applied_ms, time);
		out_fmt(&tool.out, "%-8d %-16s %-8s %s\n", migrations[i].version, migrations[i].name, word_of(&state[i]), time);
	}
}

static void print_json(const struct migrate_state *state)
{
	struct buf text;
	struct json_writer w;
	buf_init(&text, JSON_MAX);
	json_writer_init(&w, &text, true);
	json_open(&w, '[');
	for (size_t i = 0; i < n_migrations; i++) {
		char time[TIME_TEXT];
		time_format(state[i].applied_ms, time);
		json_open(&w, '{');
		json_key(&w, "version");
		json_int(&w, migrations[i].version);
		json_key(&w, "name");
		json_z(&w, migrations[i].name);
		json_key(&w, "state");
		json_z(&w, word_of(&state[i]));
		json_key(&w, "applied");
		json_str(&w, state[i].applied ? str_of(time) : (struct str){ 0 });
		json_close(&w, '}');
	}
	json_close(&w, ']');
	buf_char(&text, '\n');
	out_str(&tool.out, buf_view(&text));
	buf_free(&text);
}

/* Whether every migration is applied, from the text that this program has. */
static bool is_current(const struct migrate_state *state)
{
	for (size_t i = 0; i < n_migrations; i++)
		if (!state[i].applied || state[i].changed)
			return false;
	return true;
}

static int status(struct err *e)
{
	const char *path;
	struct db *db;
	if (store_setup_path(&setup, tool.config, &path, e) < 0 || db_open(&db, path, DB_READ, store_setup_busy_ms(&setup), e) < 0)
		return -1;
	struct migrate_state *state = mem_array(n_migrations, sizeof *state);
	int rc = migrate_status(db, migrations, n_migrations, state, e);
	db_close(db);
	if (rc == 0) {
		(json ? print_json : print_table)(state);
		rc = is_current(state) ? ROS_DONE : ROS_REFUSED;
	}
	free(state);
	return rc;
}

/* The exit status, or -1 and *e. */
static int run(struct err *e)
{
	struct str action = str_of(tool.n_operands > 0 ? tool.operands[0] : "");
	bool down = str_is(action, "down");
	size_t most = down ? 2 : 1;
	int64_t steps = 1;
	if (!down && !str_is(action, "up") && !str_is(action, "status"))
		return err_set(e, ROS_USAGE, "one of up, down [N] or status is needed, see --help");
	if (tool.n_operands > most)
		return err_set(e, ROS_USAGE, "'%s' is one operand too many, see --help", tool.operands[most]);
	if (tool.n_operands == 2 && !num_int_in(str_of(tool.operands[1]), 1, INT_MAX, &steps))
		return err_set(e, ROS_USAGE, "not a number of versions: '%s'", tool.operands[1]);
	if (str_is(action, "status"))
		return status(e);
	return run_steps(!down, (int)steps, e);
}

int main(int argc, char **argv, char **environment)
{
	int exit_status;
	struct err e;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &exit_status))
		return exit_status;
	exit_status = run(&e);
	if (exit_status < 0)
		exit_status = tool_fail(&tool, &e);
	store_setup_free(&setup);
	return tool_end(&tool, exit_status);
}
