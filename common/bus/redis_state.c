/* The state of a stream on Redis, and trimming by what its groups need. */
#include "bus/redis.h"

#include "base/num.h"
#include "bus/pace.h"

#define NO_STREAM "ERR no such key"
#define NAME_BYTES 512
#define COUNT_PAGE 1000
#define COUNT_MAX 100000 /* entries on either side */

int redis_info(struct bus *base, struct bus_info *info, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	redis_compose(b);
	REQUEST(b, STR("XLEN"), stream_of(b));
	REQUEST(b, STR("XLEN"), str_of(base->s.dead));
	REQUEST(b, STR("XPENDING"), stream_of(b), group_of(b));
	if (redis_send(b, e) < 0 || redis_take_int(b, &info->length, e) < 0 || redis_take_int(b, &info->dead, e) < 0)
		return -1;
	if (redis_reply(b, &b->answer, e) < 0)
		return -1;
	info->group = !redis_group_missing(&b->answer);
	struct reply_at at = reply_start(&b->answer);
	reply_list(&at);
	info->pending = reply_int(&at);
	return info->group ? reply_check(&b->answer, base->name, e) : 0;
}

/* XINFO GROUPS into *r; *at stands at the first group. Returns how many; none where there is no stream. */
static int64_t ask_groups(struct redis_bus *b, struct reply *r, struct reply_at *at, struct err *e)
{
	redis_compose(b);
	REQUEST(b, STR("XINFO"), STR("GROUPS"), stream_of(b));
	if (redis_ask(b, r, e) < 0)
		return reply_fails(r, NO_STREAM) ? 0 : -1;
	*at = reply_start(r);
	return reply_list(at);
}

/* The id of the one entry that the next reply may hold. */
static int take_end(struct redis_bus *b, char id[ID_TEXT], struct err *e)
{
	if (redis_take(b, &b->answer, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->answer);
	if (reply_list(&at) == 0)
		return 0;
	reply_list(&at);
	id_format(redis_take_id(&at), id);
	return 0;
}

int redis_stream(struct bus *base, struct bus_stream *stream, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	struct reply_at at;
	redis_compose(b);
	REQUEST(b, STR("XRANGE"), stream_of(b), STR("-"), STR("+"), STR("COUNT"), STR("1"));
	REQUEST(b, STR("XREVRANGE"), stream_of(b), STR("+"), STR("-"), STR("COUNT"), STR("1"));
	if (redis_send(b, e) < 0 || take_end(b, stream->first, e) < 0 || take_end(b, stream->last, e) < 0)
		return -1;
	stream->groups = ask_groups(b, &b->answer, &at, e);
	stream->there = !reply_fails(&b->answer, NO_STREAM);
	return stream->groups < 0 ? -1 : 0;
}

/* --- groups --- */

/* One group of XINFO GROUPS. */
struct group_item {
	struct str name;
	int64_t pending;
	struct entry_id delivered;
};

static struct group_item take_group(struct reply_at *at)
{
	struct group_item item = { 0 };
	for (int64_t n = reply_list(at); n > 1; n -= 2) {
		struct str key = reply_text(at);
		if (str_is(key, "name"))
			item.name = reply_text(at);
		else if (str_is(key, "pending"))
			item.pending = reply_int(at);
		else if (str_is(key, "last-delivered-id"))
			item.delivered = redis_take_id(at);
		else
			reply_skip(at);
	}
	return item;
}

/* The entries of a range, counted page by page. */
struct counted {
	struct entry_id next, last;
	struct pace pace;
	int64_t n;
	bool whole; /* nothing of it is left */
};

static int count_one(void *arg, const struct bus_entry *entry, struct err *e)
{
	(void)e;
	struct counted *c = arg;
	struct entry_id id;
	pace_note(&c->pace, entry);
	if (id_parse(entry->id, 0, &id))
		c->next = id_next(id);
	c->n++;
	return 0;
}

static int count_page(struct redis_bus *b, struct counted *c, struct err *e)
{
	int asked = pace_next(&c->pace, COUNT_PAGE);
	int came = redis_range(&b->base, false, c->next, c->last, false, asked, count_one, c, e);
	c->whole = came < asked;
	return came < 0 ? -1 : 0;
}

/* Counts on both sides of what was given out last, until one of them is known. */
static int count_waiting(struct redis_bus *b, struct entry_id delivered, int64_t *waiting, struct err *e)
{
	struct counted after = { .next = id_next(delivered), .last = ID_MAX }, before = { .last = delivered };
	while (!after.whole && !before.whole && before.n < COUNT_MAX)
		if (count_page(b, &after, e) < 0 || (!after.whole && count_page(b, &before, e) < 0))
			return -1;
	*waiting = after.whole ? after.n : -1;
	if (after.whole || !before.whole)
		return 0;
	redis_compose(b);
	REQUEST(b, STR("XLEN"), stream_of(b));
	if (redis_send(b, e) < 0 || redis_take_int(b, waiting, e) < 0)
		return -1;
	*waiting -= before.n;
	return 0;
}

/* The oldest pending entry of the group; its id is 0-0 where there is none. */
static int ask_oldest(struct redis_bus *b, struct str group, struct pending_item *oldest, struct err *e)
{
	*oldest = (struct pending_item){ 0 };
	redis_compose(b);
	REQUEST(b, STR("XPENDING"), stream_of(b), group, STR("-"), STR("+"), STR("1"));
	if (redis_ask(b, &b->answer, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->answer);
	if (reply_list(&at) > 0)
		*oldest = redis_take_pending(&at);
	return 0;
}

static struct bus_consumer take_consumer(struct reply_at *at)
{
	struct bus_consumer consumer = { 0 };
	for (int64_t n = reply_list(at); n > 1; n -= 2) {
		struct str key = reply_text(at);
		if (str_is(key, "name"))
			consumer.name = reply_text(at);
		else if (str_is(key, "pending"))
			consumer.pending = reply_int(at);
		else if (str_is(key, "idle"))
			consumer.idle_ms = reply_int(at);
		else
			reply_skip(at);
	}
	return consumer;
}

static int ask_consumers(struct redis_bus *b, struct str group, struct consumer_list *list, struct err *e)
{
	redis_compose(b);
	REQUEST(b, STR("XINFO"), STR("CONSUMERS"), stream_of(b), group);
	if (redis_ask(b, &b->answer, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->answer);
	for (int64_t n = reply_list(&at); n > 0; n--)
		consumer_list_add(list, take_consumer(&at));
	return 0;
}

static int tell_group(struct redis_bus *b, const struct group_item *item, bus_group_fn *fn, void *arg, struct err *e)
{
	char delivered[ID_TEXT], id[ID_TEXT];
	struct bus_group group = { .name = item->name, .pending = item->pending, .delivered = id_text(item->delivered, delivered) };
	struct pending_item oldest;
	struct consumer_list list = { 0 };
	int rc = -1;
	if (count_waiting(b, item->delivered, &group.waiting, e) < 0 || ask_oldest(b, item->name, &oldest, e) < 0 ||
	    ask_consumers(b, item->name, &list, e) < 0)
		goto out;
	if (id_cmp(oldest.id, (struct entry_id){ 0, 0 }) > 0)
		group.oldest = id_text(oldest.id, id);
	group.oldest_idle_ms = oldest.idle_ms;
	group.consumers = list.v;
	group.n_consumers = list.n;
	rc = fn(arg, &group, e);
out:
	consumer_list_free(&list);
	return rc;
}

int redis_groups(struct bus *base, bus_group_fn *fn, void *arg, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	struct reply groups; /* while each is looked at, other replies come */
	struct reply_at at;
	reply_init(&groups);
	int64_t n = ask_groups(b, &groups, &at, e);
	int rc = n < 0 ? -1 : 0;
	for (int64_t i = 0; i < n && rc == 0; i++) {
		struct group_item item = take_group(&at);
		rc = tell_group(b, &item, fn, arg, e);
	}
	reply_free(&groups);
	return rc < 0 ? -1 : (int)n;
}

/* --- trimming --- */

static void lower(struct entry_id *floor, struct entry_id id)
{
	if (id_cmp(id, *floor) < 0)
		*floor = id;
}

/*
 * Lowers *floor to the smallest id that any group needs. Groups move on meanwhile, but only upwards, so that what was asked earlier is
 * never too high. Pending ids below the first entry are of entries that somebody else trimmed away: nobody can need
 * them. 0: no groups, or no entries.
 */
static int find_floor(struct redis_bus *b, struct entry_id *floor, struct err *e)
{
	struct bus_stream stream = { 0 };
	if (redis_stream(&b->base, &stream, e) < 0)
		return -1;
	if (stream.groups == 0 || !stream.first[0])
		return 0;
	struct reply_at at = reply_start(&b->answer); /* to XINFO GROUPS, which that asked last */
	redis_compose(b);
	for (int64_t left = reply_list(&at); left > 0; left--) {
		struct group_item item = take_group(&at);
		lower(floor, id_next(item.delivered));
		if (item.pending > 0)
			REQUEST(b, STR("XPENDING"), stream_of(b), item.name, str_of(stream.first), STR("+"), STR("1"));
	}
	if (b->requests > 0 && redis_send(b, e) < 0)
		return -1;
	for (size_t i = 0; i < b->requests; i++) {
		if (redis_take(b, &b->answer, e) < 0)
			return -1;
		struct reply_at items = reply_start(&b->answer);
		if (reply_list(&items) > 0)
			lower(floor, redis_take_pending(&items).id);
	}
	return 1;
}

int64_t redis_trim(struct bus *base, struct entry_id floor, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	int found = find_floor(b, &floor, e);
	if (found <= 0)
		return found;
	char id[ID_TEXT];
	redis_compose(b);
	REQUEST(b, STR("XTRIM"), stream_of(b), STR("MINID"), STR("="), id_text(floor, id));
	int64_t removed;
	return redis_send(b, e) < 0 || redis_take_int(b, &removed, e) < 0 ? -1 : removed;
}

/* --- the server --- */

static void copy_setting(struct str value, char *out, size_t size)
{
	snprintf(out, size, "%.*s", STR_ARG(value));
}

/* A server may keep its configuration to itself: by an ACL, or by another name of the command. */
int redis_server(struct bus *base, struct bus_server *server, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	struct err why;
	redis_compose(b);
	REQUEST(b, STR("CONFIG"), STR("GET"), STR("appendonly"), STR("appendfsync"), STR("maxmemory-policy"));
	if (redis_ask(b, &b->answer, &why) < 0)
		return why.status == ROS_CONFIG ? 1 : err_set(e, why.status, "%s", why.text);
	struct reply_at at = reply_start(&b->answer);
	for (int64_t n = reply_list(&at); n > 1; n -= 2) {
		struct str name = reply_text(&at), value = reply_text(&at);
		if (str_is(name, "appendonly"))
			copy_setting(value, server->appendonly, sizeof server->appendonly);
		else if (str_is(name, "appendfsync"))
			copy_setting(value, server->appendfsync, sizeof server->appendfsync);
		else if (str_is(name, "maxmemory-policy"))
			copy_setting(value, server->maxmemory_policy, sizeof server->maxmemory_policy);
	}
	return 1;
}

/* A value of INFO's lines NAME:VALUE; absent where there is none of that name. */
static struct str info_value(struct str info, const char *name)
{
	struct str line, key, value = { 0 };
	while (info.n > 0 && !value.p) {
		info = str_cut(info, '\n', &line);
		value = str_cut(str_trim(line), ':', &key);
		if (!str_is(key, name))
			value = (struct str){ 0 };
	}
	return value;
}

/* What a user who may not write can know of it. Redis refuses writes above maxmemory where it may not evict. */
static int ask_whether_writable(struct redis_bus *b, struct err *e)
{
	redis_compose(b);
	REQUEST(b, STR("INFO"), STR("memory"), STR("persistence"), STR("replication"));
	if (redis_ask(b, &b->answer, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->answer);
	struct str info = reply_text(&at);
	int64_t used, most;
	if (str_is(info_value(info, "role"), "slave") && str_is(info_value(info, "slave_read_only"), "1"))
		return err_set(e, ROS_LATER, "%s is a read-only replica", b->base.name);
	if (str_is(info_value(info, "maxmemory_policy"), "noeviction") && num_int(info_value(info, "used_memory"), &used) &&
	    num_int(info_value(info, "maxmemory"), &most) && most > 0 && used > most)
		return err_set(e, ROS_LATER, "%s uses %" PRId64 " bytes, more than its maxmemory of %" PRId64, b->base.name, used, most);
	if (str_is(info_value(info, "aof_last_write_status"), "err"))
		return err_set(e, ROS_LATER, "%s cannot write its file", b->base.name);
	return 0;
}

/* Redis looks at what stands against a write before it looks at the stream. */
static int probe(struct redis_bus *b, struct err *e)
{
	struct buf name;
	buf_init(&name, NAME_BYTES);
	buf_fmt(&name, "%s:probe", b->base.s.stream);
	redis_compose(b);
	REQUEST(b, STR("XADD"), buf_view(&name), STR("NOMKSTREAM"), STR("*"), STR("type"), STR("probe"));
	int rc = redis_ask(b, &b->answer, e);
	buf_free(&name);
	return rc;
}

int redis_query(struct bus *base, const struct str *args, size_t n, struct reply *reply, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	redis_compose(b);
	redis_request(b, args, n);
	return redis_ask(b, reply, e) < 0 ? -1 : 1;
}

int redis_writable(struct bus *base, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	int rc = probe(b, e);
	return rc < 0 && reply_fails(&b->answer, "NOPERM") ? ask_whether_writable(b, e) : rc;
}
