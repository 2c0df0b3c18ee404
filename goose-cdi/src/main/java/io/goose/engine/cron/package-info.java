/** Recurring jobs: schedules, what follows from the time, and the loop that enqueues what is due. */
@NullMarked
package io.goose.engine.cron;

import org.jspecify.annotations.NullMarked;
