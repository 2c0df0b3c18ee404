/** What happens to a job that failed. */
@NullMarked
package io.goose.engine.retry;

import org.jspecify.annotations.NullMarked;
