/* The missing cost of an event, from a price map. */
#ifndef ROS_PRICE_FILL_H
#define ROS_PRICE_FILL_H

#include "base/buf.h"
#include "event/event.h"
#include "json/reader.h"
#include "price/map.h"

#include <stdint.h>

enum price_outcome {
	PRICE_KEPT,    /* it has a cost, or no usage at all: nothing to fill */
	PRICE_FILLED,
	PRICE_UNKNOWN, /* the map has no price for it */
};

/*
 * Appends the event as one line with its \n. Where it has usage and no cost, usage gets cost_usd, cost_source `local` and price_map, or
 * cost_source `unknown`; everything else stays as it was written, byte for byte. Prices are those of the time at_ms.
 */
enum price_outcome price_fill(const struct price_map *m, const struct json_reader *r, const struct event *ev, int64_t at_ms, struct buf *line);

#endif
