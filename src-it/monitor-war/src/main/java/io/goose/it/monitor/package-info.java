/** A small application without Goose that lists the threads of its server. */
@NullMarked
package io.goose.it.monitor;

import org.jspecify.annotations.NullMarked;
