/* ros-purge: retention. Deletes what is older than it is to be kept, and keeps the holds that stand against it. */
#include "base/num.h"
#include "base/timefmt.h"
#include "io/tool.h"
#include "json/listing.h"
#include "store/hold.h"
#include "store/migrate.h"
#include "store/purge.h"
#include "store/setup.h"
#include "store/store.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct tool tool;
static struct store_setup setup = STORE_SETUP_DEFAULTS;
static const char *keep_live = "6y", *keep_demo = "6y", *keep_previews = "30d"; /* 45 CFR 164.316(b)(2)(i): six years */
static const char *project, *run, *reason;
static bool dry_run, delete, json;

static const struct option options[] = {
	STORE_OPTIONS(&setup),
	{ "keep-live", 0, OPTION_TEXT, &keep_live, "AGE", "how long LIVE calls are kept: 90d, 6y, or forever (default 6y)", "ROS_KEEP_LIVE", 0, 0, NULL },
	{ "keep-demo", 0, OPTION_TEXT, &keep_demo, "AGE", "how long DEMO calls are kept (default 6y)", "ROS_KEEP_DEMO", 0, 0, NULL },
	{ "keep-previews", 0, OPTION_TEXT, &keep_previews, "AGE", "how long previews of prompts and outputs are kept (default 30d)",
	  "ROS_KEEP_PREVIEWS", 0, 0, NULL },
	{ "dry-run", 'n', OPTION_FLAG, &dry_run, NULL, "only say what would be deleted (the default on a terminal)", NULL, 0, 0, NULL },
	{ "delete", 0, OPTION_FLAG, &delete, NULL, "delete on a terminal, too", NULL, 0, 0, NULL },
	{ "project", 'p', OPTION_TEXT, &project, "UUID", "hold add: the calls of a project", NULL, 0, 0, NULL },
	{ "run", 'r', OPTION_TEXT, &run, "UUID", "hold add: the calls of a run", NULL, 0, 0, NULL },
	{ "reason", 0, OPTION_TEXT, &reason, "TEXT", "hold add: why", NULL, 0, 0, NULL },
	{ "json", 'j', OPTION_FLAG, &json, NULL, "print JSON lines", NULL, 0, 0, NULL },
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-purge",
	.synopsis = "[option ...]\n[option ...] hold add\n[option ...] hold list\n[option ...] hold release N",
	.summary = "Deletes calls and previews that are older than they are to be kept, whole days at a time, and writes down what went;\n"
	           "adds, lists and releases the holds that keep calls whatever their age.",
	.examples = "ros-purge --dry-run\n"
	            "ros-purge --keep-demo 90d --delete\n"
	            "ros-purge hold add --run 9c5b94b1-35ad-49bb-b118-8e8fc24abf80 --reason 'audit 2026-17'\n",
};

/* --- deleting --- */

/* The begin of the day before which all is older than the age. */
static int parse_age(const char *name, const char *age, int64_t *before_ms, struct err *e)
{
	*before_ms = PURGE_NOTHING;
	if (strcmp(age, "forever") == 0)
		return 0;
	int64_t now = time_now_ms();
	if (!time_parse_since(str_of(age), now, before_ms))
		return err_set(e, ROS_USAGE, "--%s: '%s' is neither an age (90d, 6y), a date, nor forever", name, age);
	if (*before_ms > now)
		return err_set(e, ROS_USAGE, "--%s: '%s' has not come yet", name, age);
	*before_ms = time_floor(*before_ms, TIME_DAY_MS);
	return 0;
}

static int parse_rules(struct purge_rules *rules, struct err *e)
{
	if (parse_age("keep-live", keep_live, &rules->live_before_ms, e) < 0 || parse_age("keep-demo", keep_demo, &rules->demo_before_ms, e) < 0)
		return -1;
	return parse_age("keep-previews", keep_previews, &rules->previews_before_ms, e);
}

static void print_time(struct listing *l, const char *name, bool known, int64_t ms)
{
	char text[TIME_TEXT] = "";
	if (known)
		time_format(ms, text);
	listing_text(l, name, 0, text);
}

static void print_counts(const struct purge_rules *rules, const struct purge_counts *c, bool look)
{
	struct listing l;
	listing_init(&l, &tool.out, json);
	listing_begin(&l);
	print_time(&l, "live_before", rules->live_before_ms != PURGE_NOTHING, rules->live_before_ms);
	print_time(&l, "demo_before", rules->demo_before_ms != PURGE_NOTHING, rules->demo_before_ms);
	print_time(&l, "previews_before", rules->previews_before_ms != PURGE_NOTHING, rules->previews_before_ms);
	listing_int(&l, "invocations", 0, c->invocations);
	print_time(&l, "first", c->invocations > 0, c->first_ms);
	print_time(&l, "last", c->invocations > 0, c->last_ms);
	listing_int(&l, "held", 0, c->held);
	listing_int(&l, "conflicts", 0, c->conflicts);
	listing_int(&l, "dataset_accesses", 0, c->dataset_accesses);
	listing_int(&l, "previews", 0, c->previews);
	listing_bool(&l, "deleted", 0, !look);
	listing_end(&l);
	listing_free(&l);
}

static const char *user(char text[32])
{
	const struct passwd *who = getpwuid(geteuid());
	if (who)
		return who->pw_name;
	snprintf(text, 32, "uid %ju", (uintmax_t)geteuid());
	return text;
}

static int open_for_writing(struct db **db, const char *path, struct err *e)
{
	if (migrate_open(db, path, DB_WRITE, store_setup_busy_ms(&setup), e) < 0)
		return -1;
	if (migrate_require(*db, migrations, n_migrations, e) == 0)
		return 0;
	db_close(*db);
	return -1;
}

static int look(const char *path, const struct purge_rules *rules, struct err *e)
{
	struct db *db;
	struct purge_counts counts;
	if (store_open_read(&db, path, store_setup_busy_ms(&setup), e) < 0)
		return -1;
	int rc = purge_look(db, rules, &counts, e);
	db_close(db);
	if (rc < 0)
		return -1;
	print_counts(rules, &counts, true);
	if (!dry_run)
		log_warn(&tool.log, "nothing is deleted without --delete on a terminal");
	return ROS_DONE;
}

static int purge(const char *path, const struct purge_rules *rules, struct err *e)
{
	struct db *db;
	struct purge_counts counts;
	bool finished;
	char name[32];
	if (open_for_writing(&db, path, e) < 0)
		return -1;
	int rc = purge_run(db, rules, user(name), &counts, &finished, e);
	db_close(db);
	print_counts(rules, &counts, false);
	if (rc == 0 && !finished)
		rc = err_set(e, ROS_LATER, "stopped by a signal; the next purge goes on");
	return rc;
}

static int purge_or_look(const char *path, struct err *e)
{
	struct purge_rules rules;
	if (dry_run && delete)
		return err_set(e, ROS_USAGE, "--dry-run and --delete contradict each other");
	if (project || run || reason)
		return err_set(e, ROS_USAGE, "--project, --run and --reason belong to hold add");
	if (parse_rules(&rules, e) < 0)
		return -1;
	bool ask = dry_run || (!delete && isatty(STDOUT_FILENO));
	return ask ? look(path, &rules, e) : purge(path, &rules, e);
}

/* --- holds --- */

static int add(struct db *db, const char *by, struct err *e)
{
	struct uuid id;
	int64_t number;
	if (!project == !run)
		return err_set(e, ROS_USAGE, "hold add needs --project or --run, one of them");
	if (!reason || str_trim(str_of(reason)).n == 0)
		return err_set(e, ROS_USAGE, "hold add needs a --reason");
	if (!uuid_parse(str_of(project ? project : run), &id))
		return err_set(e, ROS_USAGE, "--%s: '%s' is not a UUID", project ? "project" : "run", project ? project : run);
	if (hold_add(db, project ? &id : NULL, run ? &id : NULL, reason, by, &number, e) < 0)
		return -1;
	log_note(&tool.log, "hold %" PRId64 " is in force", number);
	return ROS_DONE;
}

static int release(struct db *db, const char *number, const char *by, struct err *e)
{
	int64_t id;
	if (!num_int_in(str_of(number), 1, INT64_MAX, &id))
		return err_set(e, ROS_USAGE, "not the number of a hold: '%s'", number);
	return hold_release(db, id, by, e);
}

/* The texts come from people. */
static void print_text(struct listing *l, const char *name, int width, struct str text)
{
	char masked[256];
	snprintf(masked, sizeof masked, "%.*s", STR_ARG(text));
	err_mask(masked);
	listing_text(l, name, width, masked);
}

static void print_at(struct listing *l, const char *name, int64_t ms)
{
	char text[TIME_TEXT] = "";
	if (ms >= 0)
		time_format(ms, text);
	listing_text(l, name, 25, text);
}

static void print_hold(void *arg, const struct hold *h)
{
	struct listing *l = arg;
	listing_begin(l);
	listing_int(l, "hold", 5, h->id);
	listing_text(l, "of", 8, h->run.n > 0 ? "run" : "project");
	print_text(l, "id", 37, h->run.n > 0 ? h->run : h->project);
	print_at(l, "added", h->added_ms);
	print_text(l, "by", 12, h->added_by);
	print_at(l, "released", h->released_ms);
	print_text(l, "released_by", 12, h->released_by);
	print_text(l, "reason", 1, h->reason);
	listing_end(l);
}

static int list(const char *path, struct err *e)
{
	struct db *db;
	struct listing l;
	if (store_open_read(&db, path, store_setup_busy_ms(&setup), e) < 0)
		return -1;
	listing_init(&l, &tool.out, json);
	int rc = hold_each(db, print_hold, &l, e);
	listing_free(&l);
	db_close(db);
	return rc;
}

static int change(const char *path, const char *number, struct err *e)
{
	struct db *db;
	char name[32];
	if (open_for_writing(&db, path, e) < 0)
		return -1;
	int rc = number ? release(db, number, user(name), e) : add(db, user(name), e);
	db_close(db);
	return rc;
}

static int hold(const char *path, struct err *e)
{
	const char *action = tool.n_operands > 1 ? tool.operands[1] : "";
	bool releasing = strcmp(action, "release") == 0;
	if (!releasing && strcmp(action, "add") != 0 && strcmp(action, "list") != 0)
		return err_set(e, ROS_USAGE, "hold needs one of add, list or release N, see --help");
	if (tool.n_operands != (releasing ? 3 : 2))
		return err_set(e, ROS_USAGE, "hold %s takes %s, see --help", action, releasing ? "one number" : "no operand");
	if (strcmp(action, "list") == 0)
		return list(path, e);
	return change(path, releasing ? tool.operands[2] : NULL, e);
}

static int run_tool(struct err *e)
{
	const char *path;
	bool holding = tool.n_operands > 0 && strcmp(tool.operands[0], "hold") == 0;
	if (tool.n_operands > 0 && !holding)
		return err_set(e, ROS_USAGE, "'%s' is not hold, see --help", tool.operands[0]);
	if (store_setup_path(&setup, tool.config, &path, e) < 0)
		return -1;
	return holding ? hold(path, e) : purge_or_look(path, e);
}

int main(int argc, char **argv, char **environment)
{
	int exit_status;
	struct err e;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &exit_status))
		return exit_status;
	exit_status = run_tool(&e);
	if (exit_status < 0)
		exit_status = tool_fail(&tool, &e);
	store_setup_free(&setup);
	return tool_end(&tool, exit_status);
}
