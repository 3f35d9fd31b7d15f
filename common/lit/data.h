/* Files that the build puts into ros-report: the tables of a bundle, and what is in each bundle as it stands. */
#ifndef ROS_LIT_DATA_H
#define ROS_LIT_DATA_H

extern const char lit_schema_text[], lit_demo_text[], lit_readme_text[], lit_requirements_text[];

#endif
