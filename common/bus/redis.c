/*
 * The bus on Redis Streams, in commands of Redis 7.0. Appended entries are requests in a buffer already; settling sends
 * it in one go and takes the replies meanwhile. A blocking read that a stop ends closes the connection: what the server
 * delivers then stays pending and comes back by bus_read_own().
 */
#include "bus/redis.h"

#include "base/mem.h"
#include "base/timefmt.h"
#include "io/wait.h"

#define QUEUE_MAX ((size_t)1 << 30)
#define PUSH_BYTES ((size_t)1 << 16) /* queued, and then sent while more is being queued */
#define SMALL_MAX ((size_t)1 << 26)
#define ARGUMENTS_MAX 12 /* among which the stream's name stands */

/* --- calls: compose requests, send them, take the replies --- */

void redis_compose(struct redis_bus *b)
{
	buf_clear(&b->out);
	b->requests = b->answered = 0;
}

void redis_request(struct redis_bus *b, const struct str *args, size_t n)
{
	request_add(&b->out, args, n);
	b->requests++;
}

int redis_send(struct redis_bus *b, struct err *e)
{
	if (!buf_ok(&b->out))
		return err_set(e, ROS_LATER, "more than %zu bytes for %s at once", SMALL_MAX, b->base.name);
	if (wire_begin(b->wire, e) < 0)
		return -1;
	wire_send(b->wire, buf_view(&b->out), b->requests);
	return 0;
}

/* The server's own words leave out the one or the other. */
static void name_denied(struct reply *r, struct str command, struct str stream)
{
	reply_append(r, STR(": "));
	reply_append(r, command);
	reply_append(r, STR(" "));
	reply_append(r, stream);
}

/* As name_denied(), from the request that the reply answers: its command, and which of our streams stands in it. */
static void name_request(const struct redis_bus *b, struct reply *r)
{
	struct str requests = buf_view(&b->out), args[ARGUMENTS_MAX];
	size_t n = 0;
	if (!reply_fails(r, "NOPERM"))
		return;
	for (size_t i = 0; i < b->answered; i++)
		n = request_read(&requests, args, ARGUMENTS_MAX);
	size_t key = 1;
	while (key < n && !str_eq(args[key], stream_of(b)) && !str_eq(args[key], dead_of(b)))
		key++;
	if (key < n)
		name_denied(r, args[0], args[key]);
}

int redis_reply(struct redis_bus *b, struct reply *r, struct err *e)
{
	if (wire_reply(b->wire, r, e) < 0)
		return -1;
	b->answered++;
	name_request(b, r);
	return 0;
}

int redis_take(struct redis_bus *b, struct reply *r, struct err *e)
{
	return redis_reply(b, r, e) < 0 ? -1 : reply_check(r, b->base.name, e);
}

int redis_ask(struct redis_bus *b, struct reply *r, struct err *e)
{
	reply_clear(r);
	return redis_send(b, e) < 0 ? -1 : redis_take(b, r, e);
}

int redis_ask_all(struct redis_bus *b, struct reply *r, struct err *e)
{
	if (redis_send(b, e) < 0)
		return -1;
	for (size_t i = 0; i < b->requests; i++)
		if (redis_take(b, r, e) < 0)
			return -1;
	return 0;
}

int redis_take_int(struct redis_bus *b, int64_t *v, struct err *e)
{
	if (redis_take(b, &b->answer, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->answer);
	*v = reply_int(&at);
	return 0;
}

/* --- life --- */

static struct bus *redis_make(void)
{
	struct redis_bus *b = mem_alloc(sizeof *b);
	buf_init(&b->queue, QUEUE_MAX);
	buf_init(&b->out, SMALL_MAX);
	reply_init(&b->entries);
	reply_init(&b->answer);
	reply_init(&b->pending);
	return &b->base;
}

static int redis_connect(struct bus *base, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	b->wire = wire_new(&base->url, base->name, &base->s);
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
	reply_free(&b->pending);
	field_list_free(&b->fields);
	field_list_free(&b->burial);
	free(b->counts);
	free(b);
}

/* --- publishing --- */

void redis_request_xadd(struct buf *out, struct str stream, const struct entry_field *fields, size_t n)
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

/* Sends what is queued while more is being made, so that the server works meanwhile. What fails is told when it is settled. */
static void push(struct redis_bus *b)
{
	if (b->push_failed || (b->pushed == 0 && wire_begin(b->wire, &b->push_why) < 0)) {
		b->push_failed = true;
		return;
	}
	struct str rest = { b->queue.p + b->pushed, b->queue.n - b->pushed };
	ssize_t n = wire_push(b->wire, rest, &b->push_why);
	if (n < 0)
		b->push_failed = true;
	else
		b->pushed += (size_t)n;
}

static int redis_append(struct bus *base, const struct entry_field *fields, size_t n, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	size_t start = b->queue.n;
	redis_request_xadd(&b->queue, stream_of(b), fields, n);
	if (buf_ok(&b->queue)) {
		b->queued++;
		if (b->queue.n - b->pushed >= PUSH_BYTES)
			push(b);
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
	if (reply_fails(&b->answer, "NOPERM"))
		name_denied(&b->answer, STR("XADD"), stream_of(b));
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
	struct err why = b->push_why;
	int rc = b->push_failed ? -1 : b->pushed > 0 ? 0 : wire_begin(b->wire, &why);
	if (rc == 0)
		wire_send(b->wire, (struct str){ b->queue.p + b->pushed, b->queue.n - b->pushed }, left);
	while (rc == 0 && left > 0 && (rc = wire_reply(b->wire, &b->answer, &why)) == 0) {
		tell(b, reply, arg);
		left--;
	}
	for (; left > 0; left--)
		reply(arg, (struct str){ NULL, 0 }, &why);
	buf_clear(&b->queue);
	b->queued = b->pushed = 0;
	b->push_failed = false;
	return rc == 0 ? 0 : err_set(e, why.status, "%s", why.text);
}

/* --- reading --- */

static int redis_group_create(struct bus *base, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	redis_compose(b);
	REQUEST(b, STR("XGROUP"), STR("CREATE"), stream_of(b), group_of(b), STR("0"), STR("MKSTREAM"));
	int rc = redis_ask(b, &b->answer, e);
	return rc < 0 && reply_fails(&b->answer, "BUSYGROUP") ? 0 : rc;
}

void redis_take_fields(struct reply_at *at, struct field_list *fields)
{
	fields->n = 0;
	for (int64_t n = reply_list(at); n > 1; n -= 2) {
		struct str name = reply_text(at);
		field_list_add(fields, name, reply_text(at));
	}
}

/* Hands out the entry that stands at `at`. */
static int deliver_one(struct redis_bus *b, struct reply_at *at, int64_t deliveries, bus_entry_fn *fn, void *arg, struct err *e)
{
	reply_list(at);
	struct bus_entry entry = { .id = reply_text(at), .deliveries = deliveries };
	redis_take_fields(at, &b->fields);
	entry.fields = b->fields.v;
	entry.n_fields = b->fields.n;
	return fn(arg, &entry, e);
}

/*
 * Hands out the list of entries that stands at `at`; deliveries from counts, or `otherwise` where that is NULL. Returns
 * how many.
 */
static int deliver(struct redis_bus *b, struct reply_at at, const int64_t *counts, int64_t otherwise, bus_entry_fn *fn,
                   void *arg, struct err *e)
{
	int64_t n = reply_list(&at);
	for (int64_t i = 0; i < n; i++)
		if (deliver_one(b, &at, counts ? counts[i] : otherwise, fn, arg, e) < 0)
			return -1;
	return (int)n;
}

/* [[stream, entries]], or nil: moves to the entries. */
static void enter_stream(struct reply_at *at)
{
	reply_list(at);
	reply_list(at);
	reply_skip(at);
}

bool redis_group_missing(const struct reply *r)
{
	return reply_fails(r, "NOGROUP") || reply_fails(r, "UNBLOCKED");
}

/* For a consumer of the group, or, where that is NULL, for nobody. */
static void compose_read(struct redis_bus *b, const char *consumer, int count, int block_ms, struct str after)
{
	char n[24], ms[24];
	struct str args[ARGUMENTS_MAX] = { STR("XREAD") };
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
	redis_request(b, args, used);
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
	redis_compose(b);
	compose_read(b, g->consumer, g->count, block_ms, g->after);
	if (redis_send(b, e) < 0)
		return -1;
	int came = block_ms > 0 ? wire_await(b->wire, block_ms, e) : 1;
	return came == 1 && redis_reply(b, &b->entries, e) < 0 ? -1 : came;
}

static int read_slice(struct redis_bus *b, const struct reading *g, int block_ms, bus_entry_fn *fn, void *arg,
                      struct err *e)
{
	int came = ask_entries(b, g, block_ms, e);
	if (came == 1 && g->consumer && redis_group_missing(&b->entries)) {
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

struct entry_id redis_take_id(struct reply_at *at)
{
	struct entry_id id = { 0, 0 };
	id_parse(reply_text(at), 0, &id);
	return id;
}

struct pending_item redis_take_pending(struct reply_at *at)
{
	reply_list(at);
	struct pending_item item = { .id = redis_take_id(at) };
	item.consumer = reply_text(at);
	item.idle_ms = reply_int(at);
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
		struct entry_id id = redis_take_id(&entries);
		for (; left > 0 && id_cmp(item.id, id) < 0; left--)
			item = redis_take_pending(&pending);
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
	redis_compose(b);
	REQUEST(b, STR("XPENDING"), stream_of(b), group_of(b), str_of(from), STR("+"), number_text(count, n),
	        str_of(consumer));
	compose_read(b, consumer, count, 0, str_of(id));
	if (redis_send(b, e) < 0 || redis_reply(b, &b->answer, e) < 0 || redis_reply(b, &b->entries, e) < 0)
		return -1;
	if (redis_group_missing(&b->answer) || redis_group_missing(&b->entries))
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

/*
 * A claim looks at what is idle, then whether it is there, and takes only that over. XAUTOCLAIM does it in one go, but
 * it also takes what is gone from the pending list, as XCLAIM does: who is to report that loss may be killed first, and
 * nobody would know of it any more.
 */

/* The idle entries from `from` on into b->pending, and behind them the one to go on with. Returns how many. */
static int64_t ask_idle(struct redis_bus *b, int64_t min_idle_ms, struct entry_id from, int count, struct err *e)
{
	char idle[24], start[ID_TEXT], n[24];
	redis_compose(b);
	REQUEST(b, STR("XPENDING"), stream_of(b), group_of(b), STR("IDLE"), number_text(min_idle_ms, idle), id_text(from, start),
	        STR("+"), number_text((int64_t)count + 1, n));
	if (redis_ask(b, &b->pending, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->pending);
	return reply_list(&at);
}

/* Where a claim goes on that has looked at `count` entries: 0-0 where no more came. */
static struct entry_id claim_goes_on(const struct redis_bus *b, int count)
{
	struct reply_at at = reply_start(&b->pending);
	reply_list(&at);
	while (count-- > 0)
		reply_skip(&at);
	return redis_take_pending(&at).id;
}

/*
 * The first n entries of b->pending into b->entries: for each a list of one, or of none where it is gone. MULTI makes
 * that one reply.
 */
static int ask_claimed(struct redis_bus *b, int64_t n, struct err *e)
{
	struct reply_at at = reply_start(&b->pending);
	reply_list(&at);
	redis_compose(b);
	REQUEST(b, STR("MULTI"));
	for (; n > 0; n--) {
		char text[ID_TEXT];
		struct str id = id_text(redis_take_pending(&at).id, text);
		REQUEST(b, STR("XRANGE"), stream_of(b), id, id);
	}
	REQUEST(b, STR("EXEC"));
	return redis_ask_all(b, &b->entries, e);
}

/* Makes those of them that are there the consumer's, and counts the delivery. */
static int take_claimed(struct redis_bus *b, const char *consumer, int64_t min_idle_ms, int64_t n, struct err *e)
{
	struct reply_at pending = reply_start(&b->pending), entries = reply_start(&b->entries);
	char idle[24], id[ID_TEXT], deliveries[24];
	number_text(min_idle_ms, idle);
	reply_list(&pending);
	reply_list(&entries);
	redis_compose(b);
	for (; n > 0; n--) {
		struct pending_item item = redis_take_pending(&pending);
		if (reply_list(&entries) == 0)
			continue;
		reply_skip(&entries);
		REQUEST(b, STR("XCLAIM"), stream_of(b), group_of(b), str_of(consumer), str_of(idle), id_text(item.id, id),
		        STR("RETRYCOUNT"), number_text(item.deliveries + 1, deliveries), STR("JUSTID"));
	}
	return redis_ask_all(b, &b->answer, e);
}

/*
 * Hands them out; also one that was trimmed away, or that another consumer took, since it was looked at: rather twice
 * than never. Of its own that are gone the consumer is told by redis_read_own().
 */
static int deliver_claimed(struct redis_bus *b, const char *consumer, int64_t n, bus_entry_fn *fn, bus_lost_fn *lost, void *arg,
                           struct err *e)
{
	struct reply_at pending = reply_start(&b->pending), entries = reply_start(&b->entries);
	char id[ID_TEXT];
	int came = 0;
	reply_list(&pending);
	reply_list(&entries);
	for (; n > 0; n--) {
		struct pending_item item = redis_take_pending(&pending);
		if (reply_list(&entries) > 0) {
			if (deliver_one(b, &entries, item.deliveries + 1, fn, arg, e) < 0)
				return -1;
			came++;
		} else if (!str_is(item.consumer, consumer)) {
			lost(arg, id_text(item.id, id));
		}
	}
	return came;
}

static int redis_claim(struct bus *base, const char *consumer, int64_t min_idle_ms, struct entry_id *cursor, int count,
                       bus_entry_fn *fn, bus_lost_fn *lost, void *arg, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	int64_t n = ask_idle(b, min_idle_ms, *cursor, count, e);
	*cursor = claim_goes_on(b, count);
	if (n < 0)
		return redis_group_missing(&b->pending) ? redis_group_create(base, e) : -1;
	if (n == 0)
		return 0;
	n = n < count ? n : count;
	if (ask_claimed(b, n, e) < 0 || take_claimed(b, consumer, min_idle_ms, n, e) < 0)
		return -1;
	return deliver_claimed(b, consumer, n, fn, lost, arg, e);
}

int redis_range(struct bus *base, bool dead, struct entry_id from, struct entry_id to, bool back, int count,
                bus_entry_fn *fn, void *arg, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	char start[ID_TEXT], end[ID_TEXT], n[24];
	id_format(back ? to : from, start);
	id_format(back ? from : to, end);
	redis_compose(b);
	REQUEST(b, back ? STR("XREVRANGE") : STR("XRANGE"), dead ? dead_of(b) : stream_of(b), str_of(start), str_of(end), STR("COUNT"),
	        number_text(count, n));
	return redis_ask(b, &b->entries, e) < 0 ? -1 : deliver(b, reply_start(&b->entries), NULL, 0, fn, arg, e);
}

/* --- settling entries --- */

static int redis_ack(struct bus *base, const struct entry_id *ids, size_t n, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	redis_compose(b);
	request_begin(&b->out, 3 + n);
	request_arg(&b->out, STR("XACK"));
	request_arg(&b->out, stream_of(b));
	request_arg(&b->out, group_of(b));
	for (size_t i = 0; i < n; i++) {
		char id[ID_TEXT];
		request_arg(&b->out, id_text(ids[i], id));
	}
	b->requests = 1;
	if (redis_ask(b, &b->answer, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->answer);
	return (int)reply_int(&at);
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
	.requeue = redis_requeue,
	.drop = redis_drop,
	.info = redis_info,
	.stream = redis_stream,
	.groups = redis_groups,
	.server = redis_server,
	.writable = redis_writable,
	.query = redis_query,
	.trim = redis_trim,
};
