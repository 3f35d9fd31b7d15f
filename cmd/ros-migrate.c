/* ros-migrate: keeps the database: versions up and down, where it stands, whether it agrees with itself, backups. */
#include "base/mem.h"
#include "base/num.h"
#include "base/timefmt.h"
#include "io/tool.h"
#include "json/listing.h"
#include "store/check.h"
#include "store/copy.h"
#include "store/migrate.h"
#include "store/setup.h"
#include "store/store.h"

#include <inttypes.h>
#include <limits.h>

#define JSON_MAX ((size_t)1 << 20)

static struct tool tool;
static struct store_setup setup = STORE_SETUP_DEFAULTS;
static bool json;

static const struct option options[] = {
	STORE_OPTIONS(&setup),
	{ "json", 'j', OPTION_FLAG, &json, NULL, "status or check as JSON", NULL, 0, 0, NULL },
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-migrate",
	.synopsis = "[option ...] up\n[option ...] down [N]\n[option ...] status\n[option ...] check\n[option ...] backup FILE\n[option ...] restore FILE",
	.summary = "Brings the database up to this program's version, takes the last N versions (1) and their tables back, says where it\n"
	           "stands, checks it against itself, copies it to a file, or makes it from such a copy.",
	.examples = "ros-migrate up\n"
	            "ros-migrate check\n"
	            "ros-migrate backup ros-$(date +%F).db\n",
};

static int up(const char *path, struct err *e)
{
	struct db *db;
	int steps;
	if (migrate_open(&db, path, DB_CREATE, store_setup_busy_ms(&setup), e) < 0)
		return -1;
	int rc = migrate_up(db, migrations, n_migrations, &steps, e);
	db_close(db);
	if (rc < 0)
		return -1;
	log_note(&tool.log, "%d %s applied", steps, steps == 1 ? "migration" : "migrations");
	return ROS_DONE;
}

/* The copy that is made before versions are taken back: FILE.before-down-20261124T201500.123Z. */
static void name_backup(const char *path, struct buf *name)
{
	char time[TIME_TEXT];
	time_format(time_now_ms(), time);
	buf_fmt(name, "%s.before-down-", path);
	for (const char *c = time; *c; c++)
		if (*c != '-' && *c != ':')
			buf_char(name, *c);
}

static int down(const char *path, int steps, struct err *e)
{
	struct db *db;
	struct buf backup;
	if (migrate_open(&db, path, DB_WRITE, store_setup_busy_ms(&setup), e) < 0)
		return -1;
	buf_init(&backup, PATH_MAX);
	name_backup(path, &backup);
	int rc = migrate_down(db, migrations, n_migrations, &steps, buf_cstr(&backup), e);
	if (rc == 0) {
		if (steps > 0)
			log_note(&tool.log, "%s is the database as it was", buf_cstr(&backup));
		log_note(&tool.log, "%d %s taken back", steps, steps == 1 ? "migration" : "migrations");
	}
	buf_free(&backup);
	db_close(db);
	return rc;
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

static int status(const char *path, struct err *e)
{
	struct db *db;
	if (db_open(&db, path, DB_READ, store_setup_busy_ms(&setup), e) < 0)
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

static void print_finding(void *arg, const char *rule, struct str what)
{
	struct listing *l = arg;
	char *text = mem_strdup(what);
	err_mask(text);
	listing_begin(l);
	listing_text(l, "rule", 16, rule);
	listing_text(l, "finding", 1, text);
	listing_end(l);
	free(text);
}

static int check(const char *path, struct err *e)
{
	struct db *db;
	struct listing l;
	if (store_open_read(&db, path, store_setup_busy_ms(&setup), e) < 0)
		return -1;
	listing_init(&l, &tool.out, json);
	int64_t findings = store_check(db, print_finding, &l, e);
	listing_free(&l);
	db_close(db);
	if (findings < 0)
		return -1;
	log_note(&tool.log, "%" PRId64 " findings", findings);
	return findings > 0 ? ROS_REFUSED : ROS_DONE;
}

/* The exit status, or -1 and *e. */
static int act(struct str action, const char *operand, const char *path, struct err *e)
{
	int64_t steps = 1;
	if (str_is(action, "up"))
		return up(path, e);
	if (str_is(action, "status"))
		return status(path, e);
	if (str_is(action, "check"))
		return check(path, e);
	if (str_is(action, "backup"))
		return store_copy(path, operand, store_setup_busy_ms(&setup), e);
	if (str_is(action, "restore"))
		return store_copy(operand, path, store_setup_busy_ms(&setup), e);
	if (operand && !num_int_in(str_of(operand), 1, INT_MAX, &steps))
		return err_set(e, ROS_USAGE, "not a number of versions: '%s'", operand);
	return down(path, (int)steps, e);
}

static const struct {
	const char *name;
	size_t least, most; /* operands */
} actions[] = {
	{ "up", 0, 0 }, { "down", 0, 1 }, { "status", 0, 0 }, { "check", 0, 0 }, { "backup", 1, 1 }, { "restore", 1, 1 },
};

static int run(struct err *e)
{
	const char *action = tool.n_operands > 0 ? tool.operands[0] : "", *path;
	size_t i = 0, n = sizeof actions / sizeof *actions;
	while (i < n && strcmp(actions[i].name, action) != 0)
		i++;
	if (i == n)
		return err_set(e, ROS_USAGE, "one of up, down [N], status, check, backup FILE or restore FILE is needed, see --help");
	if (tool.n_operands - 1 > actions[i].most)
		return err_set(e, ROS_USAGE, "'%s' is one operand too many, see --help", tool.operands[1 + actions[i].most]);
	if (tool.n_operands - 1 < actions[i].least)
		return err_set(e, ROS_USAGE, "%s needs a file", action);
	if (store_setup_path(&setup, tool.config, &path, e) < 0)
		return -1;
	return act(str_of(action), tool.n_operands == 2 ? tool.operands[1] : NULL, path, e);
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
