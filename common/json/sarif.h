/*
 * What every SARIF 2.1.0 log has (OASIS, Static Analysis Results Interchange Format). The caller writes an object for each rule between sarif_begin()
 * and sarif_results(), and then one for each result, with commas between them, up to sarif_end().
 */
#ifndef ROS_JSON_SARIF_H
#define ROS_JSON_SARIF_H

#include "json/writer.h"

void sarif_begin(struct json_writer *w, const char *tool);
void sarif_results(struct json_writer *w);
void sarif_end(struct buf *out, bool complete); /* complete: all that was to be looked at was looked at */

void sarif_member(struct json_writer *w, const char *name, const char *value);
void sarif_open(struct json_writer *w, const char *name, char bracket);

/* A multiformatMessageString or a message: {"text": ...}. */
void sarif_message(struct json_writer *w, const char *name, struct str text);

#endif
