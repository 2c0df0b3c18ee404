package io.goose.it.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RespFramesTest {

    private static final List<String> REPLIES = List.of(
            "+OK\r\n",
            "-ERR no\r\n",
            ":-12\r\n",
            "$5\r\na\r\nbc\r\n",
            "$-1\r\n",
            "$0\r\n\r\n",
            "*-1\r\n",
            "*0\r\n",
            "*2\r\n*1\r\n$1\r\nx\r\n:1\r\n",
            "_\r\n",
            "#t\r\n",
            ",3.14\r\n",
            "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n",
            "~1\r\n+m\r\n",
            ">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n",
            "=7\r\ntxt:abc\r\n",
            "!4\r\nOOPS\r\n",
            "|1\r\n+ttl\r\n:9\r\n+OK\r\n");

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1_000})
    void repliesOfEveryKind_areToldApart_inPiecesOfAnySize(int pieceSize) {
        RespFrames frames = RespFrames.ofReplies();
        byte[] stream = String.join("", REPLIES).getBytes(StandardCharsets.UTF_8);
        List<String> found = new ArrayList<>();
        for (int at = 0; at < stream.length; at += pieceSize) {
            ByteBuffer piece = ByteBuffer.wrap(stream, at, Math.min(pieceSize, stream.length - at));
            frames.feed(piece).forEach(frame -> found.add(new String(frame, StandardCharsets.UTF_8)));
        }
        assertThat(found).isEqualTo(REPLIES);
        assertThat(frames.isOpaque()).isFalse();
    }

    @Test
    void otherProtocols_passAsTheyCome() {
        RespFrames frames = RespFrames.ofRequests();
        byte[] hello = {0x16, 3, 1, '*', '\n'};
        assertThat(frames.feed(ByteBuffer.wrap(hello))).containsExactly(hello);
        assertThat(frames.isOpaque()).isTrue();
        assertThat(frames.feed(ByteBuffer.wrap(new byte[] {'*'}))).hasSize(1);
    }

    @Test
    void requests_areReadWithTheirArguments() {
        byte[] frame = "*3\r\n$3\r\nset\r\n$0\r\n\r\n$6\r\nÄ\r\n!!\r\n".getBytes(StandardCharsets.UTF_8);
        RespRequest request = RespRequest.read(frame);
        assertThat(request.command()).isEqualTo("SET");
        assertThat(request.arguments()).containsExactly("set", "", "Ä\r\n!!");
        assertThat(request.mentions("Ä")).isTrue();
        assertThat(request.mentions("set")).isFalse();
    }
}
