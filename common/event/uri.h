/* URIs by the grammar of RFC 3986. */
#ifndef ROS_EVENT_URI_H
#define ROS_EVENT_URI_H

#include "base/str.h"

#include <stdbool.h>

/* Whether s is a URI (RFC 3986, appendix A: `URI`, not a relative reference) with something behind its scheme. Checks the form only. */
bool uri_valid(struct str s);

#endif
