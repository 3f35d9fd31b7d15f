/*
 * ros-bus: looks at the bus and keeps it in order: the stream and its group, who has had what, what may go, the dead letters, the server. A subcommand
 * is a row of the table and a function.
 */
#include "base/mem.h"
#include "base/timefmt.h"
#include "bus/id.h"
#include "bus/letter.h"
#include "bus/pace.h"
#include "bus/publish.h"
#include "bus/setup.h"
#include "bus/url.h"
#include "io/tool.h"
#include "io/wait.h"
#include "json/listing.h"
#include "posture/formats.h"
#include "posture/show.h"
#include "stats/trace.h"

#include <inttypes.h>

#define NAME_BYTES 256
#define END_TEXT (ID_TEXT + 1) /* "(" before an id */
#define PAGE 1000
#define ALARM_PERCENT 80

struct keeper {
	struct bus *bus;
	struct queue *queue; /* NULL: not needed */
	struct entry_id *ids; /* of the dead letters that are meant */
	size_t n_ids, ids_cap;
	struct listing listing;
	bus_entry_fn *each; /* of each_letter() */
	char from[END_TEXT];
	struct pace pace;
	int64_t letters; /* that were read */
	int status;
};

static struct tool tool;
static struct trace trace = TRACE_DEFAULTS;
static struct bus_setup setup = BUS_SETUP_DEFAULTS;
static bool json, all;
static int64_t max_len = 100000, older;
static struct plan_needs needs = PLAN_NEEDS_DEFAULTS;
static const char *format, *passwords, *fail_on = "high";
static const char *const formats[] = { "json", "redis.conf", "acl", "compose", "text", "sarif", NULL };

static const struct option options[] = {
	{ "json", 'j', OPTION_FLAG, &json, NULL, "print JSON lines", NULL, 0, 0, NULL },
	{ "all", 'a', OPTION_FLAG, &all, NULL, "dead requeue, dead drop: all dead letters", NULL, 0, 0, NULL },
	{ "older", 0, OPTION_INT, &older, "DAYS", "trim: only what was published longer ago", NULL, 1, 36500, NULL },
	{ "max-len", 0, OPTION_INT, &max_len, "N", "info, drain, audit: longest stream (default 100000)", "INSIGHTS_MAX_LEN", 1, INT64_MAX, NULL },
	{ "format", 0, OPTION_ENUM, &format, "FORMAT", "config: json, redis.conf, acl, compose; audit: text, json, sarif", NULL, 0, 0, formats },
	{ "fail-on", 0, OPTION_ENUM, &fail_on, "LEVEL", "audit: 1 from that severity on (default high)", NULL, 0, 0, severity_names },
	PLAN_OPTIONS(&needs),
	{ "passwords", 0, OPTION_TEXT, &passwords, "DIR", "config: a file for each user, whose password's hash goes into acl", NULL, 0, 0, NULL },
	BUS_OPTIONS(&setup),
	BUS_GROUP_OPTION(&setup),
	TRACE_OPTION(&trace),
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-bus",
	.synopsis = "[option ...] create\n[option ...] info\n[option ...] groups\n[option ...] trim\n[option ...] drain\n[option ...] config\n[option ...] audit\n[option ...] dead list\n"
	            "[option ...] dead show ID\n[option ...] dead requeue ID ...\n[option ...] dead drop ID ...",
	.summary = "Makes the stream and its group, says where they stand, trims what no group needs, forwards the local queue, sees to\nthe dead letters; prints a server's configuration, and audits one.",
	.examples = "ros-bus info\n"
	            "ros-bus trim --older 30\n"
	            "ros-bus audit --fail-on medium\n"
	            "ros-bus dead list --json | jq -r 'select(.reason == \"enum\").id' | xargs -r ros-bus dead requeue\n",
};

/* --- what is printed --- */

/* Names come from anybody. */
static const char *masked(struct str name, char out[NAME_BYTES])
{
	snprintf(out, NAME_BYTES, "%.*s", STR_ARG(name));
	err_mask(out);
	return out;
}

/* When the entry was published; empty where the id is. */
static const char *time_of(struct str id, char out[TIME_TEXT])
{
	struct entry_id parsed;
	out[0] = '\0';
	if (id_parse(id, 0, &parsed))
		time_format(parsed.ms > INT64_MAX ? INT64_MAX : (int64_t)parsed.ms, out);
	return out;
}

static void print_count(struct keeper *k, const char *what, int64_t n)
{
	listing_begin(&k->listing);
	listing_int(&k->listing, what, 0, n);
	listing_end(&k->listing);
}

/* --- the local queue --- */

static int open_queue(struct keeper *k, struct err *e)
{
	const char *dir;
	if (config_state_dir(tool.config, &dir, e) < 0)
		return -1;
	k->queue = queue_new(&(struct queue_settings){ dir, &setup.settings, QUEUE_BYTES, QUEUE_AGE_MS });
	return 0;
}

static int drain(struct keeper *k, struct err *e)
{
	struct publisher_state state;
	if (open_queue(k, e) < 0)
		return -1;
	struct publisher *p = publisher_new(&(struct publisher_settings){ &setup.settings, k->queue, NULL, max_len });
	int64_t moved = publisher_forward(p, INT64_MAX, e);
	publisher_look(p, &state);
	publisher_free(p);
	print_count(k, "drained", state.forwarded);
	if (moved >= 0 && state.waiting > 0)
		log_warn(&tool.log, "%" PRId64 " events still wait: %s", state.waiting,
		         wait_stopping() ? "stopped by a signal" : "another process forwards them");
	return moved < 0 ? -1 : 0;
}

/* --- stream and group --- */

static int create(struct keeper *k, struct err *e)
{
	struct bus_stream stream;
	struct bus_info info;
	if (bus_stream(k->bus, &stream, e) < 0 || bus_info(k->bus, &info, e) < 0 || bus_group_create(k->bus, e) < 0)
		return -1;
	listing_begin(&k->listing);
	listing_text(&k->listing, "stream", 0, setup.stream);
	listing_bool(&k->listing, "stream_made", 0, !stream.there);
	listing_text(&k->listing, "group", 0, setup.group);
	listing_bool(&k->listing, "group_made", 0, !info.group);
	listing_end(&k->listing);
	return 0;
}

static void warn_of_losses(const struct bus_server *server)
{
	if (strcmp(server->appendonly, "no") == 0)
		log_warn(&tool.log, "a crash of the server loses what it has confirmed since its last snapshot: appendonly is no, not yes");
	else if (server->appendfsync[0] && strcmp(server->appendfsync, "always") != 0)
		log_warn(&tool.log, "a crash of the server may lose what it has confirmed: appendfsync is %s, not always", server->appendfsync);
	if (str_starts(str_of(server->maxmemory_policy), "allkeys"))
		log_warn(&tool.log, "the server may evict the stream: maxmemory-policy is %s, not noeviction", server->maxmemory_policy);
}

static void print_info(struct keeper *k, const struct bus_stream *stream, const struct bus_info *info, int64_t percent,
                       const struct queue_info *queue, const struct bus_server *server)
{
	char name[NAME_BYTES], first[TIME_TEXT], last[TIME_TEXT];
	bus_name(setup.settings.url, name, sizeof name);
	err_mask(name);
	listing_begin(&k->listing);
	listing_text(&k->listing, "bus", 0, name);
	listing_text(&k->listing, "stream", 0, setup.stream);
	listing_int(&k->listing, "length", 0, info->length);
	listing_int(&k->listing, "max_len", 0, max_len);
	listing_int(&k->listing, "percent", 0, percent);
	listing_text(&k->listing, "first", 0, stream->first);
	listing_text(&k->listing, "first_time", 0, time_of(str_of(stream->first), first));
	listing_text(&k->listing, "last", 0, stream->last);
	listing_text(&k->listing, "last_time", 0, time_of(str_of(stream->last), last));
	listing_int(&k->listing, "groups", 0, stream->groups);
	listing_text(&k->listing, "group", 0, info->group ? setup.group : "");
	listing_int(&k->listing, "pending", 0, info->group ? info->pending : -1);
	listing_int(&k->listing, "dead", 0, info->dead);
	listing_int(&k->listing, "queued", 0, queue->entries);
	listing_text(&k->listing, "appendonly", 0, server->appendonly);
	listing_text(&k->listing, "appendfsync", 0, server->appendfsync);
	listing_text(&k->listing, "maxmemory_policy", 0, server->maxmemory_policy);
	listing_end(&k->listing);
}

static int info(struct keeper *k, struct err *e)
{
	struct bus_stream stream;
	struct bus_info counts;
	struct bus_server server;
	struct queue_info queue;
	if (bus_stream(k->bus, &stream, e) < 0 || bus_info(k->bus, &counts, e) < 0 || bus_server(k->bus, &server, e) < 0 ||
	    open_queue(k, e) < 0 || queue_info(k->queue, &queue, e) < 0)
		return -1;
	int64_t percent = counts.length * 100 / max_len;
	if (percent >= ALARM_PERCENT)
		log_warn(&tool.log, "the stream %s is %" PRId64 " %% full: %" PRId64 " entries of at most %" PRId64, setup.stream, percent,
		         counts.length, max_len);
	warn_of_losses(&server);
	print_info(k, &stream, &counts, percent, &queue, &server);
	return 0;
}

/* --- groups --- */

static void add_consumers(struct keeper *k, const struct bus_group *group)
{
	char name[NAME_BYTES];
	struct json_writer *w = &k->listing.writer;
	json_key(w, "consumers");
	json_open(w, '[');
	for (size_t i = 0; i < group->n_consumers; i++) {
		json_open(w, '{');
		listing_text(&k->listing, "name", 0, masked(group->consumers[i].name, name));
		listing_int(&k->listing, "pending", 0, group->consumers[i].pending);
		listing_int(&k->listing, "idle_ms", 0, group->consumers[i].idle_ms);
		json_close(w, '}');
	}
	json_close(w, ']');
}

/* A row of the group, then one of each of its consumers; as JSON they stand in its object. */
static int print_group(void *arg, const struct bus_group *group, struct err *e)
{
	(void)e;
	struct keeper *k = arg;
	char name[NAME_BYTES], oldest[ID_TEXT] = "", delivered[ID_TEXT];
	snprintf(delivered, sizeof delivered, "%.*s", STR_ARG(group->delivered));
	if (group->oldest.p)
		snprintf(oldest, sizeof oldest, "%.*s", STR_ARG(group->oldest));
	listing_begin(&k->listing);
	listing_text(&k->listing, "group", 24, masked(group->name, name));
	listing_int(&k->listing, "pending", 8, group->pending);
	listing_int(&k->listing, "idle_ms", 10, group->oldest.p ? group->oldest_idle_ms : -1);
	listing_text(&k->listing, "oldest", 20, oldest);
	listing_text(&k->listing, "delivered", 20, delivered);
	listing_int(&k->listing, "waiting", 1, group->waiting);
	if (json)
		add_consumers(k, group);
	listing_end(&k->listing);
	for (size_t i = 0; i < group->n_consumers && !json; i++)
		out_fmt(&tool.out, "  %-22s %-8" PRId64 " %" PRId64 "\n", masked(group->consumers[i].name, name),
		        group->consumers[i].pending, group->consumers[i].idle_ms);
	return 0;
}

static int groups(struct keeper *k, struct err *e)
{
	return bus_groups(k->bus, print_group, k, e);
}

/* --- trimming --- */

static int trim(struct keeper *k, struct err *e)
{
	int64_t removed = bus_trim(k->bus, older > 0 ? time_now_ms() - older * TIME_DAY_MS : INT64_MAX, e);
	if (removed < 0)
		return -1;
	print_count(k, "trimmed", removed);
	return 0;
}

/* --- dead letters --- */

static int take_letter(void *arg, const struct bus_entry *entry, struct err *e)
{
	struct keeper *k = arg;
	snprintf(k->from, sizeof k->from, "(%.*s", STR_ARG(entry->id));
	pace_note(&k->pace, entry);
	k->letters++;
	return k->each(k, entry, e);
}

/* Gives every dead letter to `each`, oldest first. */
static int each_letter(struct keeper *k, bus_entry_fn *each, struct err *e)
{
	int came;
	k->each = each;
	snprintf(k->from, sizeof k->from, "-");
	do {
		char after[END_TEXT];
		memcpy(after, k->from, sizeof after);
		came = bus_dead_range(k->bus, str_of(after), STR("+"), pace_next(&k->pace, PAGE), take_letter, k, e);
	} while (came > 0 && out_flush(&tool.out, NULL) == 0 && !wait_stopping());
	return came < 0 ? -1 : 0;
}

static int print_letter(void *arg, const struct bus_entry *entry, struct err *e)
{
	(void)e;
	struct keeper *k = arg;
	struct letter letter;
	char id[NAME_BYTES], time[TIME_TEXT], reason[NAME_BYTES], original[NAME_BYTES];
	letter_read(entry, &letter);
	listing_begin(&k->listing);
	listing_text(&k->listing, "id", 20, masked(entry->id, id));
	listing_text(&k->listing, "time", 24, time_of(entry->id, time));
	listing_text(&k->listing, "reason", 16, masked(letter.reason, reason));
	listing_text(&k->listing, "original_id", 20, masked(letter.original_id, original));
	listing_int(&k->listing, "bytes", 1, letter.data.p ? (int64_t)letter.data.n : -1);
	listing_end(&k->listing);
	return 0;
}

static int dead_list(struct keeper *k, struct err *e)
{
	return each_letter(k, print_letter, e);
}

static int print_data(void *arg, const struct bus_entry *entry, struct err *e)
{
	(void)arg;
	struct letter letter;
	letter_read(entry, &letter);
	if (letter.digest.p)
		return err_set(e, ROS_REFUSED, "the data of dead letter %.*s was not kept; its SHA-256 is %.*s", STR_ARG(entry->id),
		               STR_ARG(letter.digest));
	if (!letter.data.p)
		return err_set(e, ROS_REFUSED, "dead letter %.*s has no data", STR_ARG(entry->id));
	out_str(&tool.out, letter.data);
	out_z(&tool.out, "\n");
	return 0;
}

static int dead_show(struct keeper *k, struct err *e)
{
	char id[ID_TEXT];
	id_format(k->ids[0], id);
	int came = bus_dead_range(k->bus, str_of(id), str_of(id), 1, print_data, NULL, e);
	return came == 0 ? err_set(e, ROS_REFUSED, "there is no dead letter %s", id) : came;
}

static void add_id(struct keeper *k, struct entry_id id)
{
	if (k->n_ids == k->ids_cap) {
		k->ids_cap = k->ids_cap ? 2 * k->ids_cap : 64;
		k->ids = mem_grow(k->ids, k->ids_cap, sizeof *k->ids);
	}
	k->ids[k->n_ids++] = id;
}

static int note_letter(void *arg, const struct bus_entry *entry, struct err *e)
{
	struct entry_id id;
	if (!id_parse(entry->id, 0, &id))
		return err_set(e, ROS_CONFIG, "a dead letter without an id");
	add_id(arg, id);
	return 0;
}

typedef int letter_call(struct bus *b, struct str id, struct err *e);

/* 1: done; 0: the letter is one that it cannot be done to, and was named. */
static int act_on(struct keeper *k, struct entry_id id, letter_call *call, struct err *e)
{
	char text[ID_TEXT];
	id_format(id, text);
	if (call(k->bus, str_of(text), e) == 0)
		return 1;
	if (e->status != ROS_REFUSED)
		return -1;
	k->status = tool_fail(&tool, e);
	return 0;
}

/* All letters are named beforehand: one that is requeued may come back as another. */
static int act(struct keeper *k, letter_call *call, const char *what, struct err *e)
{
	if (all && each_letter(k, note_letter, e) < 0)
		return -1;
	int64_t done = 0;
	int rc = 0;
	size_t i = 0;
	for (; i < k->n_ids && rc >= 0 && !wait_stopping(); i++) {
		rc = act_on(k, k->ids[i], call, e);
		done += rc > 0;
	}
	if (rc >= 0 && i < k->n_ids)
		log_warn(&tool.log, "stopped by a signal: %zu letters are left", k->n_ids - i);
	print_count(k, what, done);
	return rc < 0 ? -1 : 0;
}

static int dead_requeue(struct keeper *k, struct err *e)
{
	return act(k, bus_dead_requeue, "requeued", e);
}

static int dead_drop(struct keeper *k, struct err *e)
{
	return act(k, bus_dead_drop, "dropped", e);
}

/* --- the server --- */

#define SERVER_BYTES ((size_t)1 << 20) /* of what is printed of it */

/* What the bus's URL says of its server. */
static int place_needs(const struct url *url, struct err *e)
{
	if (url->scheme == URL_FILE)
		return err_set(e, ROS_CONFIG, "config: the bus is a file, which has no server to configure: name one by --bus");
	needs.stream = setup.stream;
	needs.group = setup.group;
	needs.dead = setup.settings.dead;
	needs.port = url->port;
	needs.db = url->db;
	return 0;
}

static int no_format(const char *command, struct err *e)
{
	return err_set(e, ROS_USAGE, "%s has no format %s", command, format);
}

static int make_plan(struct plan *plan, struct err *e)
{
	return plan_make(plan, &needs, e) < 0 || (passwords && plan_passwords(plan, passwords, e) < 0) ? -1 : 0;
}

static int config(struct keeper *k, struct err *e)
{
	(void)k;
	struct url url;
	struct plan plan;
	struct buf text;
	plan_render_fn *render = plan_format(format ? format : "json");
	if (!render)
		return no_format("config", e);
	buf_init(&text, SERVER_BYTES);
	int rc = url_parse(setup.settings.url, &url, e) < 0 || place_needs(&url, e) < 0 || make_plan(&plan, e) < 0 ? -1 : 0;
	if (rc == 0) {
		render(&plan, &text);
		out_str(&tool.out, buf_view(&text));
	}
	buf_free(&text);
	url_free(&url);
	return rc;
}

static enum severity severity_asked(void)
{
	int s = SEVERITY_NOTE;
	while (strcmp(severity_names[s], fail_on) != 0)
		s++;
	return (enum severity)s;
}

static int audit(struct keeper *k, struct err *e)
{
	struct posture facts;
	struct audit found;
	char name[NAME_BYTES];
	audit_render_fn *render = audit_format(format ? format : "text");
	if (!render)
		return no_format("audit", e);
	int rc = posture_collect(&facts, k->bus, &(struct posture_asked){ &setup.settings, time_now_ms(), max_len, needs.retention_days }, e);
	if (rc == 0) {
		struct buf text;
		buf_init(&text, SERVER_BYTES);
		bus_name(setup.settings.url, name, sizeof name);
		err_mask(name);
		audit_run(&found, &facts);
		render(&found, name, facts.now_ms, &text);
		out_str(&tool.out, buf_view(&text));
		k->status = audit_count(&found, severity_asked()) > 0 ? ROS_REFUSED : ROS_DONE;
		audit_free(&found);
		buf_free(&text);
	}
	posture_free(&facts);
	return rc;
}

/* --- the command line --- */

enum letters { NO_LETTERS, ONE_LETTER, SOME_LETTERS }; /* which operands are ids of dead letters */

static const struct command {
	const char *name, *action; /* action: the second word, or NULL */
	enum letters letters;
	bool offline; /* the bus is not opened */
	int (*run)(struct keeper *k, struct err *e);
} commands[] = {
	{ "create", NULL, NO_LETTERS, false, create },
	{ "info", NULL, NO_LETTERS, false, info },
	{ "groups", NULL, NO_LETTERS, false, groups },
	{ "trim", NULL, NO_LETTERS, false, trim },
	{ "drain", NULL, NO_LETTERS, false, drain },
	{ "config", NULL, NO_LETTERS, true, config },
	{ "audit", NULL, NO_LETTERS, false, audit },
	{ "dead", "list", NO_LETTERS, false, dead_list },
	{ "dead", "show", ONE_LETTER, false, dead_show },
	{ "dead", "requeue", SOME_LETTERS, false, dead_requeue },
	{ "dead", "drop", SOME_LETTERS, false, dead_drop },
};

static bool operand_is(size_t i, const char *word)
{
	return i < tool.n_operands && strcmp(tool.operands[i], word) == 0;
}

static const struct command *find_command(void)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (operand_is(0, commands[i].name) && (!commands[i].action || operand_is(1, commands[i].action)))
			return &commands[i];
	return NULL;
}

static int take_ids(struct keeper *k, const struct command *c, struct err *e)
{
	size_t words = c->action ? 2 : 1, n = tool.n_operands - words;
	if (c->letters == NO_LETTERS && n > 0)
		return err_set(e, ROS_USAGE, "unexpected operand: %s", tool.operands[words]);
	if (c->letters == ONE_LETTER && n != 1)
		return err_set(e, ROS_USAGE, "dead %s: the id of one letter is needed", c->action);
	if (c->letters == SOME_LETTERS && (n > 0) == all)
		return err_set(e, ROS_USAGE, "dead %s: either ids or --all is needed", c->action);
	for (size_t i = words; i < tool.n_operands; i++) {
		struct entry_id id;
		if (!id_parse(str_of(tool.operands[i]), 0, &id))
			return err_set(e, ROS_USAGE, "not an entry id: '%s'", tool.operands[i]);
		add_id(k, id);
	}
	return 0;
}

static int run(struct keeper *k, struct err *e)
{
	const struct command *c = find_command();
	if (!c)
		return err_set(e, ROS_USAGE, "one of create, info, groups, trim, drain, config, audit or dead (list, show, requeue, drop) is needed, see --help");
	if (all && c->letters != SOME_LETTERS)
		return err_set(e, ROS_USAGE, "--all is for dead requeue and dead drop");
	if (older > 0 && c->run != trim)
		return err_set(e, ROS_USAGE, "--older is for trim");
	bool of_server = c->run == config || c->run == audit;
	if (of_server ? json : format != NULL)
		return err_set(e, ROS_USAGE, of_server ? "--json is not for %s: --format is" : "--format is not for %s", c->name);
	if (take_ids(k, c, e) < 0 || bus_setup_settle(&setup, tool.config, e) < 0 || (c->action && trace_begin(&trace, &tool, e) < 0))
		return -1;
	return !c->offline && bus_open(&k->bus, &setup.settings, e) < 0 ? -1 : c->run(k, e);
}

int main(int argc, char **argv, char **environment)
{
	int status;
	struct err e;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	struct keeper k = { 0 };
	listing_init(&k.listing, &tool.out, json);
	status = run(&k, &e) < 0 ? tool_fail(&tool, &e) : k.status;
	queue_free(k.queue);
	bus_close(k.bus);
	bus_setup_free(&setup);
	listing_free(&k.listing);
	free(k.ids);
	return tool_end(&tool, trace_end(&trace, &tool, k.n_ids > 0 ? (int64_t)k.n_ids : k.letters, status));
}
