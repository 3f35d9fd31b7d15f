/* The state of a stream on Redis, and trimming by what its groups need. */
#include "bus/redis.h"

int redis_info(struct bus *base, struct bus_info *info, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	redis_compose(b);
	REQUEST(b, STR("XLEN"), stream_of(b));
	REQUEST(b, STR("XLEN"), str_of(base->s.dead));
	REQUEST(b, STR("XPENDING"), stream_of(b), group_of(b));
	if (redis_send(b, e) < 0 || redis_take_int(b, &info->length, e) < 0 || redis_take_int(b, &info->dead, e) < 0)
		return -1;
	if (wire_reply(b->wire, &b->answer, e) < 0)
		return -1;
	info->group = !redis_group_missing(&b->answer);
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
			lower(floor, id_next(redis_take_id(at)));
		else
			reply_skip(at);
	}
	if (pending > 0)
		REQUEST(b, STR("XPENDING"), stream_of(b), name, first, STR("+"), STR("1"));
}

/* The oldest entry's id. 0: the stream is empty. */
static int find_first(struct redis_bus *b, struct entry_id *first, struct err *e)
{
	redis_compose(b);
	REQUEST(b, STR("XRANGE"), stream_of(b), STR("-"), STR("+"), STR("COUNT"), STR("1"));
	if (redis_ask(b, &b->answer, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->answer);
	if (reply_list(&at) == 0)
		return 0;
	reply_list(&at);
	*first = redis_take_id(&at);
	return 1;
}

/*
 * Lowers *floor to the smallest id that any group needs. Groups move on meanwhile, but only upwards, so that what was asked earlier is
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
	redis_compose(b);
	REQUEST(b, STR("XINFO"), STR("GROUPS"), stream_of(b));
	if (redis_ask(b, &b->answer, e) < 0)
		return reply_fails(&b->answer, "ERR no such key") ? 0 : -1;
	struct reply_at at = reply_start(&b->answer);
	int64_t groups = reply_list(&at);
	redis_compose(b);
	for (int64_t i = 0; i < groups; i++)
		take_group(b, &at, str_of(first), floor);
	if (b->requests > 0 && redis_send(b, e) < 0)
		return -1;
	for (size_t i = 0; i < b->requests; i++) {
		if (redis_take(b, &b->answer, e) < 0)
			return -1;
		struct reply_at items = reply_start(&b->answer);
		if (reply_list(&items) > 0)
			lower(floor, redis_take_pending(&items).id);
	}
	return groups > 0;
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
