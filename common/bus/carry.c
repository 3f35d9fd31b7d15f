/* An entry of the bus as an envelope. */
#include "bus/carry.h"

#include "base/num.h"

#define NOT_JSON "not-json"
#define NOT_UTF8 "utf8"
#define TOO_LARGE "too-large"
#define NAME_MAX_BYTES 255

/* The reader's rules are many; who reads a dead letter needs these three. */
static const char *refusal(const char *rule)
{
	struct str s = str_of(rule);
	if (str_is(s, "utf8"))
		return NOT_UTF8;
	return str_is(s, "size") || str_is(s, "depth") ? TOO_LARGE : NOT_JSON;
}

/* An entry from elsewhere may hold anything there; an envelope line has room for names, not for more. */
static struct str name_field(const struct bus_entry *entry, const char *name)
{
	struct str s = bus_entry_get(entry, name);
	return s.n <= NAME_MAX_BYTES && str_utf8(s) ? s : (struct str){ 0 };
}

const struct json *carry_entry(struct json_reader *r, const struct bus_entry *entry, struct envelope *env)
{
	env->id = entry->id;
	env->deliveries = entry->deliveries;
	env->type = name_field(entry, "type");
	env->source = name_field(entry, "source");
	if (!num_int_in(bus_entry_get(entry, "sequence"), 0, INT64_MAX, &env->sequence))
		env->sequence = -1;
	env->refused = (struct str){ 0 };

	struct str data = bus_entry_get(entry, "data");
	struct json_fault fault;
	const struct json *event = data.p ? json_read(r, data, &fault) : NULL;
	if (!event)
		env->refused = str_of(data.p ? refusal(fault.rule) : "no-data");
	else if (event->type == JSON_NULL) /* null on the line says that there is a reason */
		env->refused = STR("type");
	return env->refused.p ? NULL : event;
}

void carry_write(struct buf *out, const struct envelope *env, const struct json *event)
{
	envelope_write(out, env, event ? event->raw : (struct str){ 0 });
}

enum bus_keep carry_kept(struct str reason)
{
	if (refused_by_guard(reason))
		return BUS_KEEP_NOTHING;
	return str_is(reason, NOT_JSON) || str_is(reason, NOT_UTF8) || str_is(reason, TOO_LARGE) ? BUS_KEEP_DIGEST : BUS_KEEP_ALL;
}
