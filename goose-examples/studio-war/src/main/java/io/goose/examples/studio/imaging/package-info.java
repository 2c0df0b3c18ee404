/** What is done to a photo: thumbnails and metadata, from bytes to bytes. Knows neither the gallery nor the job system. */
@NullMarked
package io.goose.examples.studio.imaging;

import org.jspecify.annotations.NullMarked;
