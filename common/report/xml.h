/* Text within XML, HTML and Pango's markup: the one escape. */
#ifndef ROS_REPORT_XML_H
#define ROS_REPORT_XML_H

#include "base/buf.h"
#include "base/str.h"

/* Appends the text so that it is nothing but text, between tags and in a quoted attribute. */
void xml_text(struct buf *out, struct str text);

#endif
