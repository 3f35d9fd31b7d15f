/* Functions that this project does without; the compiler is told on its command line to read this file first. */
#ifndef ROS_BASE_BAN_H
#define ROS_BASE_BAN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Macros in some compilers, which poison does not like. */
#undef alloca
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok atoi atol atoll atof strncpy strncat alloca
#pragma GCC poison asctime ctime localtime gmtime mktemp tmpnam system popen

#endif
