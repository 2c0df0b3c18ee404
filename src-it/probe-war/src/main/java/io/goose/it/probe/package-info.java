/** A test application: jobs of every kind of bean that record what they see, and REST resources that enqueue them. */
@NullMarked
package io.goose.it.probe;

import org.jspecify.annotations.NullMarked;
