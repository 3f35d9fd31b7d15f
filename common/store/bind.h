/* A field of an event as a parameter of a statement, by its x-ros-column. */
#ifndef ROS_STORE_BIND_H
#define ROS_STORE_BIND_H

#include "db/db.h"
#include "event/schema.h"
#include "json/reader.h"

/*
 * Binds the value of the field, which event_check() has passed; NULL binds NULL. `bytes` must live until the statement is reset. Kinds that need more than
 * the value (term, json, deployment, series) are the caller's.
 */
void bind_value(struct db_stmt *s, int i, const struct schema_field *f, const struct json *v, char bytes[33]);

#endif
