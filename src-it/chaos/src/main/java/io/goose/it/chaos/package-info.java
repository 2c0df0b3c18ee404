/** Processes that work on jobs and can be killed, and the record of what they did. */
@NullMarked
package io.goose.it.chaos;

import org.jspecify.annotations.NullMarked;
