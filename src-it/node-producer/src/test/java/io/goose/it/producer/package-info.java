/** Jobs from a producer in another language, run by a worker of ours. */
@NullMarked
package io.goose.it.producer;

import org.jspecify.annotations.NullMarked;
