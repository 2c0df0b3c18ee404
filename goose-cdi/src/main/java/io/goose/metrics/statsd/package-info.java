/** What Goose measures, for StatsD. */
@NullMarked
package io.goose.metrics.statsd;

import org.jspecify.annotations.NullMarked;
