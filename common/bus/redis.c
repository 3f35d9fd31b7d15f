/*
 * The bus on Redis Streams, in commands of Redis 7.0. Appended entries are requests in a buffer already; settling sends
 * it in one go and takes the replies meanwhile. A blocking read that a stop ends closes the connection: what the server
 * delivers then stays pending and comes back by bus_read_own().
 */
#include "bus/driver.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "bus/wire.h"
#include "io/wait.h"

#include <inttypes.h>

#define QUEUE_MAX ((size_t)1 << 30)
#define SMALL_MAX ((size_t)1 << 26)

struct redis_bus {
	struct bus base;
	struct wire *wire;
	struct buf queue; /* XADDs that are not settled */
	size_t queued;
	struct buf out; /* the requests of the call at hand */
	size_t requests;
	struct reply entries; /* what callbacks are given, so that they may call what does not read */
	struct reply answer;
	struct field_list fields, burial;
	int64_t *counts; /* deliveries of `entries` */
	size_t counts_cap;
};

static struct redis_bus *redis_of(struct bus *b)
{
	return (struct redis_bus *)b;
}

static struct str number_text(int64_t v, char out[24])
{
	snprintf(out, 24, "%" PRId64, v);
	return str_of(out);
}

static struct str id_text(struct entry_id id, char out[ID_TEXT])
{
	id_format(id, out);
	return str_of(out);
}

/* --- calls: compose requests, send them, take the replies --- */

static void compose(struct redis_bus *b)
{
	buf_clear(&b->out);
	b->requests = 0;
}

/* Adds a request of the arguments, each a struct str. */
#define REQUEST(b, ...) \
	request((b), (struct str[]){ __VA_ARGS__ }, sizeof((struct str[]){ __VA_ARGS__ }) / sizeof(struct str))

static void request(struct redis_bus *b, const struct str *args, size_t n)
{
	request_add(&b->out, args, n);
	b->requests++;
}

static int send_requests(struct redis_bus *b, struct err *e)
{
	if (!buf_ok(&b->out))
		return err_set(e, ROS_LATER, "more than %zu bytes for %s at once", SMALL_MAX, b->base.name);
	if (wire_begin(b->wire, e) < 0)
		return -1;
	wire_send(b->wire, buf_view(&b->out), b->requests);
	return 0;
}

/* The next reply, which must not be an error. */
static int take(struct redis_bus *b, struct reply *r, struct err *e)
{
	return wire_reply(b->wire, r, e) < 0 ? -1 : reply_check(r, b->base.name, e);
}

/* One request and its reply; *r is empty where none came. */
static int ask(struct redis_bus *b, struct reply *r, struct err *e)
{
	reply_clear(r);
	return send_requests(b, e) < 0 ? -1 : take(b, r, e);
}

static struct str stream_of(const struct redis_bus *b)
{
	return str_of(b->base.s.stream);
}

static struct str group_of(const struct redis_bus *b)
{
	return str_of(b->base.s.group);
}

/* --- life --- */

static struct bus *redis_make(void)
{
	struct redis_bus *b = mem_alloc(sizeof *b);
	buf_init(&b->queue, QUEUE_MAX);
	buf_init(&b->out, SMALL_MAX);
	reply_init(&b->entries);
	reply_init(&b->answer);
	return &b->base;
}

static int redis_connect(struct bus *base, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	b->wire = wire_new(&base->url, base->name, base->s.password, base->s.timeout_ms);
	return wire_begin(b->wire, e);
}

static void redis_close(struct bus *base)
{
	struct redis_bus *b = redis_of(base);
	wire_free(b->wire);
	buf_free(&b->queue);
	buf_free(&b->out);
	reply_free(&b->entries);
	reply_free(&b->answer);
	field_list_free(&b->fields);
	field_list_free(&b->burial);
	free(b->counts);
	free(b);
}

/* --- publishing --- */

static void request_xadd(struct buf *out, struct str stream, const struct entry_field *fields, size_t n)
{
	request_begin(out, 3 + 2 * n);
	request_arg(out, STR("XADD"));
	request_arg(out, stream);
	request_arg(out, STR("*"));
	for (size_t i = 0; i < n; i++) {
		request_arg(out, fields[i].name);
		request_arg(out, fields[i].value);
	}
}

static int redis_append(struct bus *base, const struct entry_field *fields, size_t n, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	size_t start = b->queue.n;
	request_xadd(&b->queue, stream_of(b), fields, n);
	if (buf_ok(&b->queue)) {
		b->queued++;
		return 0;
	}
	b->queue.n = start;
	b->queue.failed = false;
	return err_set(e, ROS_LATER, "more than %zu bytes for %s at once", QUEUE_MAX, base->name);
}

static void tell(struct redis_bus *b, bus_reply_fn *reply, void *arg)
{
	struct err why;
	struct entry_id parsed;
	struct reply_at at = reply_start(&b->answer);
	struct str id = reply_text(&at);
	int rc = reply_check(&b->answer, b->base.name, &why);
	if (rc == 0 && (!id.p || !id_parse(id, 0, &parsed)))
		rc = err_set(&why, ROS_CONFIG, "%s: XADD was not answered with an entry id", b->base.name);
	if (rc == 0)
		reply(arg, id, NULL);
	else
		reply(arg, (struct str){ NULL, 0 }, &why);
}

static int redis_settle(struct bus *base, bus_reply_fn *reply, void *arg, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	size_t left = b->queued;
	if (left == 0)
		return 0;
	struct err why;
	int rc = wire_begin(b->wire, &why);
	if (rc == 0)
		wire_send(b->wire, buf_view(&b->queue), left);
	while (rc == 0 && left > 0 && (rc = wire_reply(b->wire, &b->answer, &why)) == 0) {
		tell(b, reply, arg);
		left--;
	}
	for (; left > 0; left--)
		reply(arg, (struct str){ NULL, 0 }, &why);
	buf_clear(&b->queue);
	b->queued = 0;
	return rc == 0 ? 0 : err_set(e, why.status, "%s", why.text);
}

/* --- reading --- */

static int redis_group_create(struct bus *base, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	compose(b);
	REQUEST(b, STR("XGROUP"), STR("CREATE"), stream_of(b), group_of(b), STR("0"), STR("MKSTREAM"));
	int rc = ask(b, &b->answer, e);
	return rc < 0 && reply_fails(&b->answer, "BUSYGROUP") ? 0 : rc;
}

/* The fields of one entry; none where it was trimmed away (nil stands for them). */
static void read_fields(struct redis_bus *b, struct reply_at *at)
{
	b->fields.n = 0;
	for (int64_t n = reply_list(at); n > 1; n -= 2) {
		struct str name = reply_text(at);
		field_list_add(&b->fields, name, reply_text(at));
	}
}

/*
 * Hands out the list of entries that stands at `at`; deliveries from counts, or `otherwise` where that is NULL. Returns
 * how many.
 */
static int deliver(struct redis_bus *b, struct reply_at at, const int64_t *counts, int64_t otherwise, bus_entry_fn *fn,
                   void *arg, struct err *e)
{
	int64_t n = reply_list(&at);
	for (int64_t i = 0; i < n; i++) {
		reply_list(&at);
		struct bus_entry entry = { .id = reply_text(&at), .deliveries = counts ? counts[i] : otherwise };
		read_fields(b, &at);
		entry.fields = b->fields.v;
		entry.n_fields = b->fields.n;
		if (fn(arg, &entry, e) < 0)
			return -1;
	}
	return (int)n;
}

/* [[stream, entries]], or nil: moves to the entries. */
static void enter_stream(struct reply_at *at)
{
	reply_list(at);
	reply_list(at);
	reply_skip(at);
}

/* The group or its stream is not there (any more). */
static bool group_missing(const struct reply *r)
{
	return reply_fails(r, "NOGROUP") || reply_fails(r, "UNBLOCKED");
}

/* For a consumer of the group, or, where that is NULL, for nobody. */
static void compose_read(struct redis_bus *b, const char *consumer, int count, int block_ms, struct str after)
{
	char n[24], ms[24];
	struct str args[12] = { STR("XREAD") };
	size_t used = 1;
	if (consumer) {
		args[0] = STR("XREADGROUP");
		args[used++] = STR("GROUP");
		args[used++] = group_of(b);
		args[used++] = str_of(consumer);
	}
	args[used++] = STR("COUNT");
	args[used++] = number_text(count, n);
	if (block_ms > 0) {
		args[used++] = STR("BLOCK");
		args[used++] = number_text(block_ms, ms);
	}
	args[used++] = STR("STREAMS");
	args[used++] = stream_of(b);
	args[used++] = after;
	request(b, args, used);
}

/* What is read, and how long the first entry is waited for. */
struct reading {
	const char *consumer; /* or NULL: without the group */
	struct str after;     /* an id; ">": what the group has not had */
	int count, block_ms;
};

/* One read into b->entries. 1: answered; 0: a stop came first. */
static int ask_entries(struct redis_bus *b, const struct reading *g, int block_ms, struct err *e)
{
	compose(b);
	compose_read(b, g->consumer, g->count, block_ms, g->after);
	if (send_requests(b, e) < 0)
		return -1;
	int came = block_ms > 0 ? wire_await(b->wire, block_ms, e) : 1;
	return came == 1 && wire_reply(b->wire, &b->entries, e) < 0 ? -1 : came;
}

static int read_slice(struct redis_bus *b, const struct reading *g, int block_ms, bus_entry_fn *fn, void *arg,
                      struct err *e)
{
	int came = ask_entries(b, g, block_ms, e);
	if (came == 1 && g->consumer && group_missing(&b->entries)) {
		if (redis_group_create(&b->base, e) < 0)
			return -1;
		came = ask_entries(b, g, block_ms, e);
	}
	if (came <= 0)
		return came;
	if (reply_check(&b->entries, b->base.name, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->entries);
	enter_stream(&at);
	return deliver(b, at, NULL, g->consumer != NULL, fn, arg, e);
}

static int read_waiting(struct redis_bus *b, const struct reading *g, bus_entry_fn *fn, void *arg, struct err *e)
{
	int64_t deadline = time_monotonic_ms() + g->block_ms, left = g->block_ms;
	for (;;) {
		if (wait_stopping())
			return 0;
		int n = read_slice(b, g, left < SLICE_MS ? (int)left : SLICE_MS, fn, arg, e);
		left = deadline - time_monotonic_ms();
		if (n != 0 || left <= 0)
			return n;
	}
}

static int redis_read_new(struct bus *base, const char *consumer, int count, int block_ms, bus_entry_fn *fn, void *arg,
                          struct err *e)
{
	struct reading g = { consumer, STR(">"), count, block_ms };
	return read_waiting(redis_of(base), &g, fn, arg, e);
}

static int redis_follow(struct bus *base, struct entry_id from, int count, int block_ms, bus_entry_fn *fn, void *arg,
                        struct err *e)
{
	char after[ID_TEXT];
	struct reading g = { NULL, id_text(id_previous(from), after), count, block_ms };
	return read_waiting(redis_of(base), &g, fn, arg, e);
}

static int64_t *counts_for(struct redis_bus *b, int64_t n)
{
	if ((size_t)n > b->counts_cap) {
		b->counts_cap = (size_t)n;
		b->counts = mem_grow(b->counts, b->counts_cap, sizeof *b->counts);
	}
	return b->counts;
}

static struct entry_id take_id(struct reply_at *at)
{
	struct entry_id id = { 0, 0 };
	id_parse(reply_text(at), 0, &id);
	return id;
}

/* One item [id, consumer, idle, deliveries] of XPENDING. */
struct pending_item {
	struct entry_id id;
	int64_t deliveries;
};

static struct pending_item take_pending(struct reply_at *at)
{
	reply_list(at);
	struct pending_item item = { .id = take_id(at) };
	reply_skip(at);
	reply_skip(at);
	item.deliveries = reply_int(at);
	return item;
}

/*
 * The deliveries of own entries: XPENDING's, asked before, and this one, which Redis counts only where the entry is
 * still there. Both lists ascend; who claimed an entry in between took it out of the second.
 */
static void count_own(struct redis_bus *b, struct reply_at entries, struct reply_at pending)
{
	int64_t n = reply_list(&entries), left = reply_list(&pending);
	int64_t *counts = counts_for(b, n);
	struct pending_item item = { .id = { 0, 0 } };
	for (int64_t i = 0; i < n; i++) {
		reply_list(&entries);
		struct entry_id id = take_id(&entries);
		for (; left > 0 && id_cmp(item.id, id) < 0; left--)
			item = take_pending(&pending);
		counts[i] = id_cmp(item.id, id) == 0 ? item.deliveries : 0;
		counts[i] += reply_list(&(struct reply_at){ entries.r, entries.i }) > 0;
		reply_skip(&entries);
	}
}

/* XPENDING and XREADGROUP of the own entries after `after`. 1: answered; 0: the group is missing. */
static int ask_own(struct redis_bus *b, const char *consumer, struct entry_id after, int count, struct err *e)
{
	char id[ID_TEXT], from[ID_TEXT], n[24];
	id_format(after, id);
	id_format(id_next(after), from);
	compose(b);
	REQUEST(b, STR("XPENDING"), stream_of(b), group_of(b), str_of(from), STR("+"), number_text(count, n),
	        str_of(consumer));
	compose_read(b, consumer, count, 0, str_of(id));
	if (send_requests(b, e) < 0 || wire_reply(b->wire, &b->answer, e) < 0 ||
	    wire_reply(b->wire, &b->entries, e) < 0)
		return -1;
	if (group_missing(&b->answer) || group_missing(&b->entries))
		return 0;
	if (reply_check(&b->answer, b->base.name, e) < 0 || reply_check(&b->entries, b->base.name, e) < 0)
		return -1;
	return 1;
}

/* A group that was missing has nothing pending once it is made. */
static int redis_read_own(struct bus *base, const char *consumer, struct entry_id after, int count, bus_entry_fn *fn,
                          void *arg, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	int rc = ask_own(b, consumer, after, count, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return redis_group_create(base, e);
	struct reply_at at = reply_start(&b->entries);
	enter_stream(&at);
	count_own(b, at, reply_start(&b->answer));
	return deliver(b, at, b->counts, 0, fn, arg, e);
}

/* The deliveries of claimed entries, one XPENDING each in one pipeline: XAUTOCLAIM does not tell them. */
static int count_claimed(struct redis_bus *b, struct reply_at entries, struct err *e)
{
	int64_t n = reply_list(&entries);
	int64_t *counts = counts_for(b, n);
	compose(b);
	for (int64_t i = 0; i < n; i++) {
		reply_list(&entries);
		struct str id = reply_text(&entries);
		reply_skip(&entries);
		REQUEST(b, STR("XPENDING"), stream_of(b), group_of(b), id, id, STR("1"));
	}
	if (n > 0 && send_requests(b, e) < 0)
		return -1;
	for (int64_t i = 0; i < n; i++) {
		if (take(b, &b->answer, e) < 0)
			return -1;
		struct reply_at at = reply_start(&b->answer);
		counts[i] = reply_list(&at) > 0 ? take_pending(&at).deliveries : 1;
	}
	return 0;
}

static int redis_claim(struct bus *base, const char *consumer, int64_t min_idle_ms, struct entry_id *cursor, int count,
                       bus_entry_fn *fn, bus_lost_fn *lost, void *arg, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	char idle[24], from[ID_TEXT], n[24];
	compose(b);
	REQUEST(b, STR("XAUTOCLAIM"), stream_of(b), group_of(b), str_of(consumer), number_text(min_idle_ms, idle),
	        id_text(*cursor, from), STR("COUNT"), number_text(count, n));
	if (ask(b, &b->entries, e) < 0) {
		*cursor = (struct entry_id){ 0, 0 };
		return group_missing(&b->entries) ? redis_group_create(base, e) : -1;
	}
	struct reply_at at = reply_start(&b->entries);
	reply_list(&at);
	*cursor = take_id(&at);
	struct reply_at gone = at;
	reply_skip(&gone);
	for (int64_t left = reply_list(&gone); left > 0; left--)
		lost(arg, reply_text(&gone));
	return count_claimed(b, at, e) < 0 ? -1 : deliver(b, at, b->counts, 0, fn, arg, e);
}

static int redis_range(struct bus *base, struct entry_id from, struct entry_id to, bool back, int count,
                       bus_entry_fn *fn, void *arg, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	char start[ID_TEXT], end[ID_TEXT], n[24];
	id_format(back ? to : from, start);
	id_format(back ? from : to, end);
	compose(b);
	REQUEST(b, back ? STR("XREVRANGE") : STR("XRANGE"), stream_of(b), str_of(start), str_of(end), STR("COUNT"),
	        number_text(count, n));
	return ask(b, &b->entries, e) < 0 ? -1 : deliver(b, reply_start(&b->entries), NULL, 0, fn, arg, e);
}

/* --- settling entries --- */

static int redis_ack(struct bus *base, const struct entry_id *ids, size_t n, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	compose(b);
	request_begin(&b->out, 3 + n);
	request_arg(&b->out, STR("XACK"));
	request_arg(&b->out, stream_of(b));
	request_arg(&b->out, group_of(b));
	for (size_t i = 0; i < n; i++) {
		char id[ID_TEXT];
		request_arg(&b->out, id_text(ids[i], id));
	}
	b->requests = 1;
	if (ask(b, &b->answer, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->answer);
	return (int)reply_int(&at);
}

/*
 * Whether the entry is pending, and the entry itself in b->answer. XLEN says beforehand that the dead letters are a
 * stream: in the transaction a failed XADD would not hold back the XACK. 1: pending; 0: not.
 */
static int look_up(struct redis_bus *b, struct str id, struct err *e)
{
	compose(b);
	REQUEST(b, STR("XLEN"), str_of(b->base.s.dead));
	REQUEST(b, STR("XPENDING"), stream_of(b), group_of(b), id, id, STR("1"));
	REQUEST(b, STR("XRANGE"), stream_of(b), id, id);
	if (ask(b, &b->answer, e) < 0 || wire_reply(b->wire, &b->answer, e) < 0)
		return -1;
	bool no_group = group_missing(&b->answer);
	if (!no_group && reply_check(&b->answer, b->base.name, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->answer);
	bool pending = reply_list(&at) > 0;
	return take(b, &b->answer, e) < 0 ? -1 : pending;
}

/* Composes the transaction from the entry in b->answer; where that is gone, only the acknowledgement is left. Says whether it is there. */
static bool compose_burial(struct redis_bus *b, struct str id, struct str reason, bool keep_data)
{
	char hash[SHA256_TEXT];
	struct reply_at at = reply_start(&b->answer);
	bool there = reply_list(&at) > 0;
	compose(b);
	REQUEST(b, STR("MULTI"));
	if (there) {
		reply_list(&at);
		reply_skip(&at);
		b->burial.n = 0;
		for (int64_t n = reply_list(&at); n > 1; n -= 2) {
			struct str name = reply_text(&at);
			field_list_add(&b->burial, name, reply_text(&at));
		}
		field_list_bury(&b->burial, id, reason, keep_data, hash);
		request_xadd(&b->out, str_of(b->base.s.dead), b->burial.v, b->burial.n);
		b->requests++;
	}
	REQUEST(b, STR("XACK"), stream_of(b), group_of(b), id);
	REQUEST(b, STR("EXEC"));
	return there;
}

/* EXEC's reply is a list; the first is XADD's, which does not hold back the XACK behind it where it fails. */
static int check_letter(struct redis_bus *b, struct str id, struct err *e)
{
	struct reply_at at = reply_start(&b->answer);
	struct entry_id letter;
	reply_list(&at);
	struct str text = reply_text(&at);
	if (text.p && id_parse(text, 0, &letter))
		return 0;
	return err_set(e, ROS_CONFIG, "%s: %s took no letter: entry %.*s is acknowledged, and is in %s only", b->base.name, b->base.s.dead,
	               STR_ARG(id), b->base.s.stream);
}

static int redis_dead(struct bus *base, struct entry_id id, struct str reason, bool keep_data, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	char text[ID_TEXT];
	id_format(id, text);
	int pending = look_up(b, str_of(text), e);
	if (pending <= 0)
		return pending;
	bool there = compose_burial(b, str_of(text), reason, keep_data);
	if (send_requests(b, e) < 0)
		return -1;
	for (size_t i = 0; i < b->requests; i++)
		if (take(b, &b->answer, e) < 0)
			return -1;
	return there && check_letter(b, str_of(text), e) < 0 ? -1 : 1;
}

/* --- the state of the stream --- */

static int take_int(struct redis_bus *b, int64_t *v, struct err *e)
{
	if (take(b, &b->answer, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->answer);
	*v = reply_int(&at);
	return 0;
}

static int redis_info(struct bus *base, struct bus_info *info, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	compose(b);
	REQUEST(b, STR("XLEN"), stream_of(b));
	REQUEST(b, STR("XLEN"), str_of(base->s.dead));
	REQUEST(b, STR("XPENDING"), stream_of(b), group_of(b));
	if (send_requests(b, e) < 0 || take_int(b, &info->length, e) < 0 || take_int(b, &info->dead, e) < 0)
		return -1;
	if (wire_reply(b->wire, &b->answer, e) < 0)
		return -1;
	info->group = !group_missing(&b->answer);
	struct reply_at at = reply_start(&b->answer);
	reply_list(&at);
	info->pending = reply_int(&at);
	return info->group ? reply_check(&b->answer, base->name, e) : 0;
}

static void lower(struct entry_id *floor, struct entry_id id)
{
	if (id_cmp(id, *floor) < 0)
		*floor = id;
}

/* One group of XINFO GROUPS: lowers *floor to what it has not been given yet, and asks for its smallest pending id from `first` on. */
static void take_group(struct redis_bus *b, struct reply_at *at, struct str first, struct entry_id *floor)
{
	struct str name = { NULL, 0 };
	int64_t pending = 0;
	for (int64_t n = reply_list(at); n > 1; n -= 2) {
		struct str key = reply_text(at);
		if (str_is(key, "name"))
			name = reply_text(at);
		else if (str_is(key, "pending"))
			pending = reply_int(at);
		else if (str_is(key, "last-delivered-id"))
			lower(floor, id_next(take_id(at)));
		else
			reply_skip(at);
	}
	if (pending > 0)
		REQUEST(b, STR("XPENDING"), stream_of(b), name, first, STR("+"), STR("1"));
}

/* The oldest entry's id. 0: the stream is empty. */
static int find_first(struct redis_bus *b, struct entry_id *first, struct err *e)
{
	compose(b);
	REQUEST(b, STR("XRANGE"), stream_of(b), STR("-"), STR("+"), STR("COUNT"), STR("1"));
	if (ask(b, &b->answer, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->answer);
	if (reply_list(&at) == 0)
		return 0;
	reply_list(&at);
	*first = take_id(&at);
	return 1;
}

/*
 * The smallest id that any group needs. Groups move on meanwhile, but only upwards, so that what was asked earlier is
 * never too high. Pending ids below the first entry are of entries that somebody else trimmed away: nobody can need
 * them. 0: no groups, or no entries.
 */
static int find_floor(struct redis_bus *b, struct entry_id *floor, struct err *e)
{
	struct entry_id oldest;
	char first[ID_TEXT];
	int found = find_first(b, &oldest, e);
	if (found <= 0)
		return found;
	id_format(oldest, first);
	compose(b);
	REQUEST(b, STR("XINFO"), STR("GROUPS"), stream_of(b));
	if (ask(b, &b->answer, e) < 0)
		return reply_fails(&b->answer, "ERR no such key") ? 0 : -1;
	*floor = ID_MAX;
	struct reply_at at = reply_start(&b->answer);
	int64_t groups = reply_list(&at);
	compose(b);
	for (int64_t i = 0; i < groups; i++)
		take_group(b, &at, str_of(first), floor);
	if (b->requests > 0 && send_requests(b, e) < 0)
		return -1;
	for (size_t i = 0; i < b->requests; i++) {
		if (take(b, &b->answer, e) < 0)
			return -1;
		struct reply_at items = reply_start(&b->answer);
		if (reply_list(&items) > 0)
			lower(floor, take_pending(&items).id);
	}
	return groups > 0;
}

static int64_t redis_trim(struct bus *base, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	struct entry_id floor;
	int found = find_floor(b, &floor, e);
	if (found <= 0)
		return found;
	char id[ID_TEXT];
	compose(b);
	REQUEST(b, STR("XTRIM"), stream_of(b), STR("MINID"), STR("="), id_text(floor, id));
	int64_t removed;
	return send_requests(b, e) < 0 || take_int(b, &removed, e) < 0 ? -1 : removed;
}

const struct bus_driver redis_driver = {
	.make = redis_make,
	.connect = redis_connect,
	.close = redis_close,
	.append = redis_append,
	.settle = redis_settle,
	.group_create = redis_group_create,
	.read_new = redis_read_new,
	.read_own = redis_read_own,
	.claim = redis_claim,
	.range = redis_range,
	.follow = redis_follow,
	.ack = redis_ack,
	.dead = redis_dead,
	.info = redis_info,
	.trim = redis_trim,
};
