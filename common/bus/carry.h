/* An entry of the bus as an envelope: what ros-consume and ros-replay print. */
#ifndef ROS_BUS_CARRY_H
#define ROS_BUS_CARRY_H

#include "bus/bus.h"
#include "event/lines.h"
#include "json/reader.h"

/*
 * Fills *env from the entry, but stream and group, which are the caller's. The result is the entry's `data`, read; or NULL, and
 * env->refused says why it cannot be carried: no-data, not-json, utf8, too-large, type (the text null). An entry from elsewhere
 * may hold anything: a type or source that is not UTF-8 or has more than 255 bytes, and a sequence that is no number, count as
 * absent. All lives as long as the entry and the reader's text.
 */
const struct json *carry_entry(struct json_reader *r, const struct bus_entry *entry, struct envelope *env);

/* Appends the envelope's line; `event` is what carry_entry() returned. */
void carry_write(struct buf *out, const struct envelope *env, const struct json *event);

/*
 * What an entry refused for that reason keeps as a dead letter. Bytes that are no JSON may be anything, also PHI; what the guard refused is.
 */
enum bus_keep carry_kept(struct str reason);

#endif
