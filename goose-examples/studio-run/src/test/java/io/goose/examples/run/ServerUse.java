package io.goose.examples.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The use of a server's directory, which is one for all test processes: whoever else wants it waits. */
final class ServerUse implements AutoCloseable {

    private final FileChannel channel;

    private ServerUse(FileChannel channel) {
        this.channel = channel;
    }

    static ServerUse of(String server) throws IOException {
        Path home = Path.of(System.getProperty("it." + server + ".home"));
        FileChannel channel = FileChannel.open(
                home.resolveSibling(home.getFileName() + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            channel.lock(); // ends with the channel, or with the process
        } catch (IOException | RuntimeException refused) {
            channel.close();
            throw refused;
        }
        return new ServerUse(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
