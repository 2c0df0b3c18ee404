/** The studio's background jobs: what enqueues them, what they do, and what is told of their failures. */
@NullMarked
package io.goose.examples.studio.work;

import org.jspecify.annotations.NullMarked;
